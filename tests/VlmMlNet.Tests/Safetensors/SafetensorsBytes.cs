using System.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Safetensors;

/// <summary>Makes the bytes of safetensors files by hand, so that they may lie, and compares tensors bit by bit.</summary>
internal static class SafetensorsBytes
{
    public static byte[] File(string header, int dataLength) => File(Encoding.UTF8.GetBytes(header), new byte[dataLength]);

    public static byte[] File(byte[] header, byte[] data) => [.. BitConverter.GetBytes((long)header.Length), .. header, .. data];

    public static byte[] Of(Tensor tensor)
    {
        using var flat = tensor.cpu().contiguous().view(-1);
        return flat.NumberOfElements == 0 ? [] : flat.bytes.ToArray();
    }

    public static void AssertSame(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.dtype, actual.dtype);
        Assert.Equal(expected.shape, actual.shape);
        Assert.Equal(Of(expected), Of(actual));
    }

    public static KeyValuePair<string, Tensor>[] List(params (string Name, Tensor Tensor)[] tensors) =>
        [.. tensors.Select(t => KeyValuePair.Create(t.Name, t.Tensor))];
}
