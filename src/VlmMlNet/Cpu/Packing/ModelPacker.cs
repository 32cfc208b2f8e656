using VlmMlNet.Cpu.Language;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Tensors;
using static TorchSharp.torch;

namespace VlmMlNet.Cpu.Packing;

/// <summary>Makes packed models of trained weights.</summary>
internal static unsafe class ModelPacker
{
    /// <summary>Packs a module's weights. Matrices in the precision that the module has already are shared with it, not copied.</summary>
    /// <param name="module">On any device; it may be disposed afterwards.</param>
    /// <param name="precision">The wanted precision.</param>
    /// <param name="isShared">See <see cref="PackedModel.Factory"/>.</param>
    public static PackedModel Pack(Qwen2ForCausalLM module, WeightPrecision precision, bool isShared = false)
    {
        ArgumentNullException.ThrowIfNull(module);
        return Pack(PackedModel.Factory(module.Config, precision, isShared), module);
    }

    /// <summary>Packs a module's weights.</summary>
    /// <param name="factory">Its parts have the names of the module's parameters.</param>
    /// <param name="module">On any device; it may be disposed afterwards.</param>
    public static TWeights Pack<TWeights>(WeightsFactory<TWeights> factory, nn.Module module) where TWeights : PackedWeights
    {
        var weights = module.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        return Pack(factory, name => weights[name].alias());
    }

    /// <summary>Packs weights one after another, so that little more than the packed model is in memory.</summary>
    /// <param name="factory">Chooses the formats.</param>
    /// <param name="read">Gives a weight by the name of the module's parameter; it is disposed afterwards.</param>
    public static TWeights Pack<TWeights>(WeightsFactory<TWeights> factory, Func<string, Tensor> read) where TWeights : PackedWeights =>
        TryPack(factory, read) ?? Pack(factory.Otherwise ?? throw new InvalidOperationException($"{typeof(TWeights).Name} holds any weights."), read);

    private static TWeights? TryPack<TWeights>(WeightsFactory<TWeights> factory, Func<string, Tensor> read) where TWeights : PackedWeights
    {
        using var unrecorded = no_grad();
        var memory = new List<IDisposable>();
        try
        {
            HashSet<string> shared;
            IReadOnlyList<PackedPart> parts;
            using (var nowhere = factory.Create(_ => 0, []))
                (shared, parts) = (SharedParts(nowhere), [.. nowhere.Parts.Select(p => p.Part)]);
            var arena = new NativeBuffer(parts.Where(p => !shared.Contains(p.Name)).Sum(p => p.Bytes));
            memory.Add(arena);
            long used = 0;
            var weights = factory.Create(part =>
            {
                if (shared.Contains(part.Name))
                    return Share(read(part.Name), part, memory);
                used += part.Bytes;
                return (nint)(arena.Data + used - part.Bytes);
            }, memory);
            if (Fill(weights, shared, read))
                return weights;
            weights.Dispose();
            return null;
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

    // Matrices that lie as a module's own; of weights in several formats only those of the whole model's.
    private static HashSet<string> SharedParts(PackedWeights weights) => weights.Precision is WeightPrecision.Float32 or WeightPrecision.BFloat16
        ? [.. weights.Matrices.Where(m => m.Value.Layout.IsOfModule).Select(m => m.Key)]
        : [];

    // False where the formats cannot hold the weights.
    private static bool Fill(PackedWeights weights, HashSet<string> shared, Func<string, Tensor> read)
    {
        foreach (var (part, data) in weights.Parts)
        {
            if (shared.Contains(part.Name) || part.IsOfMatrix)
                continue;
            using var weight = read(part.Name);
            if (!weights.Matrices.TryGetValue(part.Name, out var matrix))
                FillVector(weight, (float*)data);
            else if (!matrix.Layout.Pack(weight, matrix))
                return false;
        }
        return true;
    }

    private static void FillVector(Tensor vector, float* target)
    {
        using var scope = NewDisposeScope();
        var floats = vector.detach().to(ScalarType.Float32, CPU).contiguous();
        int length = (int)floats.shape[0];
        new ReadOnlySpan<float>(TensorMemory.Pointer<float>(floats), length).CopyTo(new Span<float>(target, length));
    }
}
