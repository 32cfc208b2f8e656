using VlmMlNet.Models;
using static TorchSharp.torch;

namespace VlmMlNet.Generation.Packed;

/// <summary>Makes packed models of trained weights.</summary>
internal static unsafe class ModelPacker
{
    /// <summary>Packs a module's weights. Matrices in the precision that the module has already are shared with it, not copied.</summary>
    /// <param name="module">On any device; it may be disposed afterwards.</param>
    /// <param name="precision">The wanted precision.</param>
    public static PackedModel Pack(Qwen2ForCausalLM module, WeightPrecision precision)
    {
        ArgumentNullException.ThrowIfNull(module);
        var weights = module.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        return Pack(module.Config, precision, name => weights[name].alias());
    }

    /// <summary>Packs weights one after another, so that little more than the packed model is in memory.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="precision">The wanted precision.</param>
    /// <param name="read">Gives a weight by the name of the module's parameter; it is disposed afterwards.</param>
    public static PackedModel Pack(Qwen2Config config, WeightPrecision precision, Func<string, Tensor> read)
    {
        using var unrecorded = no_grad();
        var memory = new List<IDisposable>();
        try
        {
            bool isShared = precision is WeightPrecision.Float32 or WeightPrecision.BFloat16;
            bool IsShared(PackedPart part) => isShared && part.Shape.Length == 2;
            var arena = new NativeBuffer(PackedModel.PartsOf(config, precision).Where(p => !IsShared(p)).Sum(p => p.Bytes));
            memory.Add(arena);
            long used = 0;
            var model = new PackedModel(config, precision, part =>
            {
                if (IsShared(part))
                    return Share(read(part.Name), part, memory);
                used += part.Bytes;
                return (nint)(arena.Data + used - part.Bytes);
            }, memory);
            Fill(model, read);
            return model;
        }
        catch
        {
            memory.ForEach(m => m.Dispose());
            throw;
        }
    }

    private static nint Share(Tensor weight, PackedPart part, List<IDisposable> memory)
    {
        using var scope = NewDisposeScope();
        using var given = weight;
        var tensor = given.detach().to(part.Type, CPU);
        long padding = part.Shape[1] - tensor.shape[1];
        tensor = (padding == 0 ? tensor : nn.functional.pad(tensor, (0, padding))).contiguous().alias().DetachFromDisposeScope();
        memory.Add(tensor);
        return (nint)TensorMemory.Pointer<byte>(tensor);
    }

    private static void Fill(PackedModel model, Func<string, Tensor> read)
    {
        var matrices = model.Layers.SelectMany(l => new[] { l.Query, l.Key, l.Value, l.Output, l.Gate, l.Up, l.Down }).Append(model.Embedding).Append(model.Head)
            .DistinctBy(m => (nint)m.Data).ToDictionary(m => (nint)m.Data);
        foreach (var (part, data) in model.Parts)
        {
            bool isMatrix = matrices.TryGetValue(data, out var matrix);
            if ((isMatrix && matrix!.Format is WeightFormat.Float32 or WeightFormat.BFloat16) || part.Name.EndsWith(PackedPart.ScaleSuffix, StringComparison.Ordinal))
                continue; // shared, or filled with its matrix
            using var weight = read(part.Name);
            if (isMatrix)
                MatrixPacker.Pack(weight, matrix!);
            else
                FillVector(weight, (float*)data);
        }
    }

    private static void FillVector(Tensor vector, float* target)
    {
        using var scope = NewDisposeScope();
        var floats = vector.detach().to(ScalarType.Float32, CPU).contiguous();
        int length = (int)floats.shape[0];
        new ReadOnlySpan<float>(TensorMemory.Pointer<float>(floats), length).CopyTo(new Span<float>(target, length));
    }
}
