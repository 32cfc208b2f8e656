using System.Buffers.Binary;

namespace VlmMlNet.Tests.Imaging;

/// <summary>Writes an 8 x 8 baseline JPEG of one colour with any number of components, for colour models that no encoder
/// here writes: one block for each component, of which only the mean is stored.</summary>
internal static class FlatJpeg
{
    /// <param name="components">The stored value of each component.</param>
    /// <param name="adobeTransform">The colour transform of an Adobe segment: 0 none, 1 YCbCr, 2 YCCK; null without one.</param>
    public static byte[] Create(byte[] components, byte? adobeTransform)
    {
        using var file = new MemoryStream();
        file.Write([0xFF, 0xD8]);
        if (adobeTransform is { } transform)
            Segment(file, 0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, transform]);
        Segment(file, 0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]);
        Segment(file, 0xC0, [8, 0, 8, 0, 8, (byte)components.Length, .. components.SelectMany((_, i) => new byte[] { (byte)(i + 1), 0x11, 0 })]);
        // Means: a code of 4 bits for each of twelve sizes, which is the size itself.
        Segment(file, 0xC4, [0x00, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. Enumerable.Range(0, 12).Select(size => (byte)size)]);
        // The rest: one code of 1 bit, the end of the block.
        Segment(file, 0xC4, [0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        Segment(file, 0xDA, [(byte)components.Length, .. components.SelectMany((_, i) => new byte[] { (byte)(i + 1), 0 }), 0, 63, 0]);
        WriteScan(file, components);
        file.Write([0xFF, 0xD9]);
        return file.ToArray();
    }

    private static void WriteScan(MemoryStream file, byte[] components)
    {
        var bits = new List<bool>();
        void Put(int value, int count)
        {
            for (int i = count - 1; i >= 0; i--)
                bits.Add(((value >> i) & 1) != 0);
        }
        foreach (byte component in components)
        {
            int mean = (component - 128) * 8; // the transform's gain is 8, the quantiser 1
            int size = 0;
            while (Math.Abs(mean) >> size != 0)
                size++;
            Put(size, 4);
            Put(mean >= 0 ? mean : mean + (1 << size) - 1, size);
            Put(0, 1);
        }
        while (bits.Count % 8 != 0)
            bits.Add(true);
        for (int i = 0; i < bits.Count; i += 8)
        {
            byte value = (byte)Enumerable.Range(0, 8).Sum(k => bits[i + k] ? 128 >> k : 0);
            file.WriteByte(value);
            if (value == 0xFF)
                file.WriteByte(0);
        }
    }

    private static void Segment(Stream file, byte marker, byte[] content)
    {
        byte[] start = [0xFF, marker, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(start.AsSpan(2), (ushort)(content.Length + 2));
        file.Write(start);
        file.Write(content);
    }
}
