using static TorchSharp.torch;

namespace VlmMlNet.Safetensors;

/// <summary>Compares the tensors that a model has with those that a file has, before anything is copied.</summary>
internal static class TensorMatch
{
    private const int MaxShown = 5;

    /// <summary>Throws one error that lists the missing, unexpected and ill-fitting tensors, with guesses at misspelt names.</summary>
    /// <param name="source">The file or folder.</param>
    /// <param name="expected">The tensors to fill.</param>
    /// <param name="stored">The tensors in the file.</param>
    /// <param name="mayBeUnused">Tensors of the file that need not be expected.</param>
    public static void Check(string source, IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, SafetensorsEntry> stored,
        Func<string, bool>? mayBeUnused = null)
    {
        var missing = expected.Keys.Where(name => !stored.ContainsKey(name)).ToList();
        var unexpected = stored.Keys.Where(name => !expected.ContainsKey(name) && mayBeUnused?.Invoke(name) != true).ToList();
        var problems = new List<string>();
        int count = 0;
        void Add(string problem)
        {
            if (count++ < MaxShown)
                problems.Add(problem);
        }

        foreach (string name in missing)
            Add($"{TensorName.Quote(name)} is missing{(count < MaxShown && TensorName.Nearest(name, unexpected) is string near ? $" (there is {TensorName.Quote(near)})" : "")}");
        foreach (var (name, tensor) in expected)
        {
            if (!stored.TryGetValue(name, out var entry))
                continue;
            if (!entry.Shape.AsSpan().SequenceEqual(tensor.shape))
                Add($"{TensorName.Quote(name)} has shape {entry.ShapeText}, expected {SafetensorsEntry.Text(tensor.shape)}");
            else if (!Fits(entry.DType, tensor.dtype))
                Add($"{TensorName.Quote(name)} holds {SafetensorsDType.Name(entry.DType)}, expected {SafetensorsDType.Name(tensor.dtype)}");
        }
        foreach (string name in unexpected)
            Add($"{TensorName.Quote(name)} is unexpected{(count < MaxShown && TensorName.Nearest(name, missing) is string near ? $" (did you mean {TensorName.Quote(near)}?)" : "")}");
        if (count == 0)
            return;
        string more = count > problems.Count ? $"; and {count - problems.Count} more" : "";
        throw new MalformedInputException(source, $"{(count == 1 ? "a tensor does" : $"{count} tensors do")} not fit the model: {string.Join("; ", problems)}{more}",
            "The weights belong to another model or configuration.");
    }

    // Integers in the place of weights are a quantized model, which would load as noise.
    private static bool Fits(ScalarType stored, ScalarType expected) =>
        SafetensorsDType.IsFloat(stored) == SafetensorsDType.IsFloat(expected) && SafetensorsDType.CanConvert(stored, expected);
}
