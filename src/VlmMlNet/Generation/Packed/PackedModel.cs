using VlmMlNet.Models;
using static TorchSharp.torch;

namespace VlmMlNet.Generation.Packed;

/// <summary>All weights of a language model in the formats of the kernels.</summary>
internal sealed unsafe class PackedModel : IDisposable
{
    private readonly List<IDisposable> _memory;

    private PackedModel(Qwen2Config config, WeightPrecision precision, List<IDisposable> memory)
    {
        (Config, Precision, _memory) = (config, precision, memory);
    }

    public Qwen2Config Config { get; }

    public WeightPrecision Precision { get; }

    /// <summary>[VocabSize, HiddenSize].</summary>
    public WeightMatrix Embedding { get; private set; } = null!;

    /// <summary>[VocabSize, HiddenSize]; the embedding where the two are tied.</summary>
    public WeightMatrix Head { get; private set; } = null!;

    public PackedLayer[] Layers { get; private set; } = [];

    /// <summary>The last norm.</summary>
    public float* Norm { get; private set; }

    /// <summary>Bytes that a token reads, beside the keys and values.</summary>
    public long BytesPerToken { get; private set; }

    /// <summary>Packs a module's weights. In the module's own precision they are shared with it, not copied.</summary>
    /// <param name="module">On any device; may be disposed afterwards.</param>
    /// <param name="precision">The wanted precision.</param>
    public static PackedModel Create(Qwen2ForCausalLM module, WeightPrecision precision)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var unrecorded = no_grad();
        var memory = new List<IDisposable>();
        try
        {
            var body = FormatOf(precision);
            // Embeddings are read one row at a time and the output layer decides among all words: 8 bits are worth it there.
            var head = body == WeightFormat.Int4 ? WeightFormat.Int8 : body;
            var model = new PackedModel(module.Config, precision, memory)
            {
                Embedding = Pack(module.model.embed_tokens.weight, head, memory),
                Norm = Vector(module.model.norm.weight, memory),
                Layers = [.. module.model.layers.Select(layer => new PackedLayer
                {
                    Query = Pack(layer.self_attn.q_proj.weight, body, memory),
                    Key = Pack(layer.self_attn.k_proj.weight, body, memory),
                    Value = Pack(layer.self_attn.v_proj.weight, body, memory),
                    Output = Pack(layer.self_attn.o_proj.weight, body, memory),
                    Gate = Pack(layer.mlp.gate_proj.weight, body, memory),
                    Up = Pack(layer.mlp.up_proj.weight, body, memory),
                    Down = Pack(layer.mlp.down_proj.weight, body, memory),
                    QueryBias = Vector(layer.self_attn.q_proj.bias!, memory),
                    KeyBias = Vector(layer.self_attn.k_proj.bias!, memory),
                    ValueBias = Vector(layer.self_attn.v_proj.bias!, memory),
                    InputNorm = Vector(layer.input_layernorm.weight, memory),
                    OutputNorm = Vector(layer.post_attention_layernorm.weight, memory),
                })],
            };
            model.Head = module.lm_head is { } output ? Pack(output.weight, head, memory) : model.Embedding;
            model.BytesPerToken = model.Layers.Sum(l => Bytes(l.Query, l.Key, l.Value, l.Output, l.Gate, l.Up, l.Down)) + Bytes(model.Head);
            return model;
        }
        catch
        {
            memory.ForEach(m => m.Dispose());
            throw;
        }
    }

    public void Dispose() => _memory.ForEach(m => m.Dispose());

    private static WeightFormat FormatOf(WeightPrecision precision) => precision switch
    {
        WeightPrecision.Float32 => WeightFormat.Float32,
        WeightPrecision.BFloat16 => WeightFormat.BFloat16,
        WeightPrecision.Int8 => WeightFormat.Int8,
        WeightPrecision.Int4 => WeightFormat.Int4,
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "Unknown precision."),
    };

    private static WeightMatrix Pack(Tensor weight, WeightFormat format, List<IDisposable> memory)
    {
        int rows = (int)weight.shape[0], columns = (int)weight.shape[1];
        if (format is WeightFormat.Float32 or WeightFormat.BFloat16)
        {
            using var scope = NewDisposeScope();
            var tensor = weight.detach().to(format == WeightFormat.Float32 ? ScalarType.Float32 : ScalarType.BFloat16, CPU);
            int padding = WeightMatrix.Pad(format, columns) - columns;
            tensor = (padding == 0 ? tensor : nn.functional.pad(tensor, (0, padding))).contiguous().alias().DetachFromDisposeScope();
            memory.Add(tensor);
            return new WeightMatrix(format, rows, columns, TensorMemory.Pointer<byte>(tensor)) { Tensor = tensor };
        }
        var data = new NativeBuffer(WeightMatrix.BytesOf(format, rows, columns));
        memory.Add(data);
        var scales = new NativeBuffer(format == WeightFormat.Int8 ? WeightMatrix.TilesOf(rows) * WeightMatrix.TileRows * sizeof(float) : 0);
        memory.Add(scales);
        var matrix = new WeightMatrix(format, rows, columns, data.Data, (float*)scales.Data);
        using var local = weight.detach().cpu();
        MatrixPacker.Pack(local, matrix);
        return matrix;
    }

    private static float* Vector(Tensor vector, List<IDisposable> memory)
    {
        int length = (int)vector.shape[0];
        var buffer = new NativeBuffer(WeightMatrix.TilesOf(length) * WeightMatrix.TileRows * sizeof(float));
        memory.Add(buffer);
        using var floats = vector.detach().to(ScalarType.Float32, CPU).contiguous();
        new ReadOnlySpan<float>(TensorMemory.Pointer<float>(floats), length).CopyTo(new Span<float>(buffer.Data, length));
        return (float*)buffer.Data;
    }

    private static long Bytes(params ReadOnlySpan<WeightMatrix> matrices)
    {
        long sum = 0;
        foreach (var m in matrices)
            sum += WeightMatrix.BytesOf(m.Format, m.Rows, m.Columns) + (m.Format == WeightFormat.Int8 ? m.Tiles * WeightMatrix.TileRows * sizeof(float) : 0);
        return sum;
    }
}
