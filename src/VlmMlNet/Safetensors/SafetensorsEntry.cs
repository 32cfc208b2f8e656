using TorchSharp;

namespace VlmMlNet.Safetensors;

/// <summary>One tensor of a safetensors file, as its header describes it and after all checks of the header.</summary>
/// <param name="Name">The tensor's name, such as <c>model.norm.weight</c>.</param>
/// <param name="DType">The element type in the file.</param>
/// <param name="Shape">The sizes; empty for a scalar. Not to be changed.</param>
/// <param name="Offset">Where the tensor's first byte lies, counted from the beginning of the file.</param>
/// <param name="ByteLength">Number of bytes: the product of the shape times the element size.</param>
public sealed record SafetensorsEntry(string Name, torch.ScalarType DType, long[] Shape, long Offset, long ByteLength)
{
    internal string ShapeText => Text(Shape);

    internal static string Text(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";
}
