using VlmMlNet.Cpu.Weights;
using VlmMlNet.Models.Siglip;

namespace VlmMlNet.Cpu.Vision;

/// <summary>SigLIP's weights, without the pooling head: matrices of the layers in bytes, the first embeddings in floats, because they are
/// small and everything rests on them.</summary>
internal sealed unsafe class PackedVision : PackedWeights
{
    private const string Prefix = "vision_model.";

    /// <summary>Lays the weights over memory.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="locate">Says where a part lies; asked for each part once.</param>
    /// <param name="memory">Disposed with the weights.</param>
    public PackedVision(SiglipVisionConfig config, Func<PackedPart, nint> locate, IReadOnlyList<IDisposable> memory) : base(WeightPrecision.Int8, locate, memory)
    {
        Config = config;
        int width = config.HiddenSize, middle = config.IntermediateSize;
        PatchEmbedding = Matrix(Prefix + "embeddings.patch_embedding.weight", WeightFormat.Float32, width, config.NumChannels * config.PatchSize * config.PatchSize);
        PatchBias = Vector(Prefix + "embeddings.patch_embedding.bias", width);
        Positions = Matrix(Prefix + "embeddings.position_embedding.weight", WeightFormat.Float32, config.PatchCount, width);
        Layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(i => $"{Prefix}encoder.layers.{i}.").Select(layer => new PackedVisionLayer
        {
            Query = Matrix(layer + "self_attn.q_proj.weight", WeightFormat.Int8, width, width),
            Key = Matrix(layer + "self_attn.k_proj.weight", WeightFormat.Int8, width, width),
            Value = Matrix(layer + "self_attn.v_proj.weight", WeightFormat.Int8, width, width),
            Output = Matrix(layer + "self_attn.out_proj.weight", WeightFormat.Int8, width, width),
            Up = Matrix(layer + "mlp.fc1.weight", WeightFormat.Int8, middle, width),
            Down = Matrix(layer + "mlp.fc2.weight", WeightFormat.Int8, width, middle),
            QueryBias = Vector(layer + "self_attn.q_proj.bias", width),
            KeyBias = Vector(layer + "self_attn.k_proj.bias", width),
            ValueBias = Vector(layer + "self_attn.v_proj.bias", width),
            OutputBias = Vector(layer + "self_attn.out_proj.bias", width),
            UpBias = Vector(layer + "mlp.fc1.bias", middle),
            DownBias = Vector(layer + "mlp.fc2.bias", width),
            First = Norm(layer + "layer_norm1.", width),
            Second = Norm(layer + "layer_norm2.", width),
        })];
        Last = Norm(Prefix + "post_layernorm.", width);
    }

    public SiglipVisionConfig Config { get; }

    /// <summary>[HiddenSize, channels * patch * patch], floats.</summary>
    public WeightMatrix PatchEmbedding { get; }

    public float* PatchBias { get; }

    /// <summary>[patches, HiddenSize], floats.</summary>
    public WeightMatrix Positions { get; }

    public IReadOnlyList<PackedVisionLayer> Layers { get; }

    public PackedVisionLayer.Norm Last { get; }

    /// <summary>Makes such weights.</summary>
    public static WeightsFactory<PackedVision> Factory(SiglipVisionConfig config) => new((locate, memory) => new PackedVision(config, locate, memory));

    private PackedVisionLayer.Norm Norm(string name, int width) => new(Vector(name + "weight", width), Vector(name + "bias", width));
}
