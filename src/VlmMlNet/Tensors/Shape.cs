using static TorchSharp.torch;

namespace VlmMlNet.Tensors;

/// <summary>Shape checks in managed code: a mismatch that reaches libtorch's matmul aborts the process.</summary>
internal static class Shape
{
    /// <summary>Throws unless the tensor has these sizes; -1 stands for any size.</summary>
    public static void Check(Tensor tensor, string name, params ReadOnlySpan<long> expected)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var shape = tensor.shape;
        bool same = shape.Length == expected.Length;
        for (int i = 0; same && i < shape.Length; i++)
            same = expected[i] == -1 || expected[i] == shape[i];
        if (!same)
            throw new ArgumentException($"{name} has shape [{string.Join(", ", shape)}], expected [{string.Join(", ", expected.ToArray().Select(d => d == -1 ? "*" : d.ToString(System.Globalization.CultureInfo.InvariantCulture)))}].", name);
    }

    public static void CheckPositive(string owner, params ReadOnlySpan<(string Name, int Value)> sizes)
    {
        foreach (var (name, value) in sizes)
            if (value <= 0)
                throw new ArgumentException($"{owner}: {name} is {value}; it must be positive.");
    }

    public static void CheckDivides(string owner, string wholeName, int whole, string partName, int part)
    {
        if (whole % part != 0)
            throw new ArgumentException($"{owner}: {wholeName} {whole} is not a multiple of {partName} {part}.");
    }
}
