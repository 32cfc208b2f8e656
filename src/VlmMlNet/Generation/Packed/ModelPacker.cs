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
        return Pack(PackedModel.Factory(module.Config, precision), module);
    }

    /// <summary>Packs a module's weights.</summary>
    /// <param name="create">Lays the packed weights over memory; its parts have the names of the module's parameters.</param>
    /// <param name="module">On any device; it may be disposed afterwards.</param>
    public static TWeights Pack<TWeights>(WeightsFactory<TWeights> create, nn.Module module) where TWeights : PackedWeights
    {
        var weights = module.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        return Pack(create, name => weights[name].alias());
    }

    /// <summary>Packs weights one after another, so that little more than the packed model is in memory.</summary>
    /// <param name="create">Lays the packed weights over memory.</param>
    /// <param name="read">Gives a weight by the name of the module's parameter; it is disposed afterwards.</param>
    public static TWeights Pack<TWeights>(WeightsFactory<TWeights> create, Func<string, Tensor> read) where TWeights : PackedWeights
    {
        using var unrecorded = no_grad();
        var memory = new List<IDisposable>();
        try
        {
            WeightPrecision precision;
            IReadOnlyList<PackedPart> parts;
            using (var nowhere = create(_ => 0, []))
                (precision, parts) = (nowhere.Precision, [.. nowhere.Parts.Select(p => p.Part)]);
            bool IsShared(PackedPart part) => precision is WeightPrecision.Float32 or WeightPrecision.BFloat16 && part.Shape.Length == 2;
            var arena = new NativeBuffer(parts.Where(p => !IsShared(p)).Sum(p => p.Bytes));
            memory.Add(arena);
            long used = 0;
            var weights = create(part =>
            {
                if (IsShared(part))
                    return Share(read(part.Name), part, memory);
                used += part.Bytes;
                return (nint)(arena.Data + used - part.Bytes);
            }, memory);
            Fill(weights, precision, read);
            return weights;
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

    private static void Fill(PackedWeights weights, WeightPrecision precision, Func<string, Tensor> read)
    {
        foreach (var (part, data) in weights.Parts)
        {
            bool isMatrix = weights.Matrices.TryGetValue(part.Name, out var matrix);
            if ((isMatrix && precision is WeightPrecision.Float32 or WeightPrecision.BFloat16) || part.Name.EndsWith(PackedPart.ScaleSuffix, StringComparison.Ordinal))
                continue; // shared, or filled with its matrix
            using var weight = read(part.Name);
            if (!isMatrix)
                FillVector(weight, (float*)data);
            else if (matrix!.Format == WeightFormat.Float32)
                FillFloats(weight, matrix);
            else
                MatrixPacker.Pack(weight, matrix);
        }
    }

    // Rows, each padded.
    private static void FillFloats(Tensor weight, WeightMatrix target)
    {
        using var scope = NewDisposeScope();
        var floats = weight.detach().flatten(1).to(ScalarType.Float32, CPU).contiguous();
        for (int row = 0; row < target.Rows; row++)
            new ReadOnlySpan<float>(TensorMemory.Pointer<float>(floats) + (long)row * target.Columns, target.Columns)
                .CopyTo(new Span<float>((float*)target.Data + (long)row * target.PaddedColumns, target.Columns));
    }

    private static void FillVector(Tensor vector, float* target)
    {
        using var scope = NewDisposeScope();
        var floats = vector.detach().to(ScalarType.Float32, CPU).contiguous();
        int length = (int)floats.shape[0];
        new ReadOnlySpan<float>(TensorMemory.Pointer<float>(floats), length).CopyTo(new Span<float>(target, length));
    }
}
