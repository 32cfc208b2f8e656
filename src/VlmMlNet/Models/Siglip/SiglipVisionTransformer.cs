using TorchSharp.Modules;
using VlmMlNet.Models.Layers;
using VlmMlNet.Runtime;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Siglip;

/// <summary>Patch embeddings, pre-norm transformer layers, a last norm and the pooling head.</summary>
internal sealed class SiglipVisionTransformer : nn.Module
{
    public readonly SiglipVisionEmbeddings embeddings;
    public readonly SiglipEncoder encoder;
    public readonly NormLayer post_layernorm;
    public readonly SiglipPoolingHead? head;

    public SiglipVisionTransformer(SiglipVisionConfig config, ScalarType dtype, Device device) : base(nameof(SiglipVisionTransformer))
    {
        embeddings = new SiglipVisionEmbeddings(config, dtype, device);
        encoder = new SiglipEncoder(config, dtype, device);
        post_layernorm = new NormLayer(config.HiddenSize, config.LayerNormEps, dtype, device);
        head = config.UseHead ? new SiglipPoolingHead(config, dtype, device) : null;
        RegisterComponents();
    }

    public Tensor Encode(Tensor pixels, bool interpolatePositions, ICollection<Tensor>? hiddenStates)
    {
        TorchThreads.Join();
        var x = embeddings.Embed(pixels, interpolatePositions); // [B, N, D]
        hiddenStates?.Add(x);
        foreach (var layer in encoder.layers)
        {
            x = layer.forward(x);
            hiddenStates?.Add(x);
        }
        return post_layernorm.forward(x);
    }
}

/// <summary>Holds the layers under the name that checkpoints give them: <c>encoder.layers.N</c>.</summary>
internal sealed class SiglipEncoder : nn.Module
{
    public readonly ModuleList<SiglipEncoderLayer> layers;

    public SiglipEncoder(SiglipVisionConfig config, ScalarType dtype, Device device) : base(nameof(SiglipEncoder))
    {
        layers = new ModuleList<SiglipEncoderLayer>(
            Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new SiglipEncoderLayer(config, dtype, device)).ToArray());
        RegisterComponents();
    }
}
