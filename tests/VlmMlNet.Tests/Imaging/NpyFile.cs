using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace VlmMlNet.Tests.Imaging;

/// <summary>NumPy's .npy, version 1: enough for uint8 and float32 in C order.</summary>
internal static class NpyFile
{
    public static (int[] Shape, byte[] Values) ReadBytes(string path) => Read(path, "|u1");

    public static (int[] Shape, float[] Values) ReadFloats(string path)
    {
        var (shape, bytes) = Read(path, "<f4");
        return (shape, MemoryMarshal.Cast<byte, float>(bytes).ToArray());
    }

    private static (int[] Shape, byte[] Data) Read(string path, string type)
    {
        byte[] file = File.ReadAllBytes(path);
        int headerLength = BitConverter.ToUInt16(file, 8);
        string header = Encoding.ASCII.GetString(file, 10, headerLength);
        Assert.Contains($"'descr': '{type}'", header, StringComparison.Ordinal);
        Assert.Contains("'fortran_order': False", header, StringComparison.Ordinal);
        string shape = Regex.Match(header, @"'shape': \(([^)]*)\)").Groups[1].Value;
        return ([.. shape.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(int.Parse)], file[(10 + headerLength)..]);
    }
}
