using VlmMlNet.Cpu.Weights;
using VlmMlNet.Cpu.Weights.Layouts;
using VlmMlNet.Models.Qwen2;

namespace VlmMlNet.Cpu.Language;

/// <summary>All weights of a language model in the formats of the kernels, in one copy that prompts and tokens share.</summary>
internal sealed unsafe class PackedModel : PackedWeights
{
    /// <summary>Lays a model over memory.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="precision">Chooses the formats.</param>
    /// <param name="body">The format of the layers' matrices.</param>
    /// <param name="locate">Says where a part lies; asked for each part once.</param>
    /// <param name="memory">Disposed with the model.</param>
    public PackedModel(Qwen2Config config, WeightPrecision precision, WeightFormat body, Func<PackedPart, nint> locate, IReadOnlyList<IDisposable> memory) : base(precision, locate, memory)
    {
        Config = config;
        var outer = WeightLayout.Of(body).Outer;
        int width = config.HiddenSize, keys = config.NumKeyValueHeads * config.HeadSize, middle = config.IntermediateSize;
        Embedding = Matrix("model.embed_tokens.weight", outer, config.VocabSize, width);
        Layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(i => $"model.layers.{i}.").Select(layer => new PackedLayer
        {
            Query = Matrix(layer + "self_attn.q_proj.weight", body, width, width),
            Key = Matrix(layer + "self_attn.k_proj.weight", body, keys, width),
            Value = Matrix(layer + "self_attn.v_proj.weight", body, keys, width),
            Output = Matrix(layer + "self_attn.o_proj.weight", body, width, width),
            Gate = Matrix(layer + "mlp.gate_proj.weight", body, middle, width),
            Up = Matrix(layer + "mlp.up_proj.weight", body, middle, width),
            Down = Matrix(layer + "mlp.down_proj.weight", body, width, middle),
            QueryBias = Vector(layer + "self_attn.q_proj.bias", width),
            KeyBias = Vector(layer + "self_attn.k_proj.bias", keys),
            ValueBias = Vector(layer + "self_attn.v_proj.bias", keys),
            InputNorm = Vector(layer + "input_layernorm.weight", width),
            OutputNorm = Vector(layer + "post_attention_layernorm.weight", width),
        })];
        Norm = Vector("model.norm.weight", width);
        Head = config.TieWordEmbeddings ? Embedding : Matrix("lm_head.weight", outer, config.VocabSize, width);
        BytesPerToken = Parts.Where(p => !p.Part.Name.EndsWith(PackedPart.RestSuffix, StringComparison.Ordinal)).Sum(p => p.Part.Bytes) - (config.TieWordEmbeddings ? 0 : WeightMatrix.BytesOf(outer, config.VocabSize, width));
    }

    public Qwen2Config Config { get; }

    /// <summary>[VocabSize, HiddenSize].</summary>
    public WeightMatrix Embedding { get; }

    /// <summary>[VocabSize, HiddenSize]; the embedding where the two are tied.</summary>
    public WeightMatrix Head { get; }

    public IReadOnlyList<PackedLayer> Layers { get; }

    /// <summary>The last norm.</summary>
    public float* Norm { get; }

    /// <summary>Bytes that a token reads, beside keys and values.</summary>
    public long BytesPerToken { get; }

    /// <summary>Makes such models.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="precision">Chooses the formats.</param>
    /// <param name="isShared">Whether matrices lie as those of a module do, so that they can be the module's own; a matter of
    /// <see cref="WeightPrecision.BFloat16"/>, which otherwise takes three quarters of that.</param>
    public static WeightsFactory<PackedModel> Factory(Qwen2Config config, WeightPrecision precision, bool isShared = false)
    {
        return precision switch
        {
            WeightPrecision.Float32 => Of(WeightFormat.Float32),
            WeightPrecision.BFloat16 when isShared => Of(WeightFormat.BFloat16),
            WeightPrecision.BFloat16 => Of(WeightFormat.CompactBFloat16) with { Otherwise = Of(WeightFormat.BFloat16) },
            WeightPrecision.Int8 => Of(WeightFormat.Int8),
            WeightPrecision.Int4 => Of(WeightFormat.Int4),
            _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "Unknown precision."),
        };

        WeightsFactory<PackedModel> Of(WeightFormat body) => new((locate, memory) => new PackedModel(config, precision, body, locate, memory));
    }
}
