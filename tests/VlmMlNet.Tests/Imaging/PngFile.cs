using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace VlmMlNet.Tests.Imaging;

/// <summary>Writes PNG files of any colour type and depth, for cases that no encoder here writes.</summary>
internal sealed class PngFile(int width, int height, int depth, PngColour colour)
{
    private readonly List<(string Type, byte[] Data)> _before = [], _after = [];

    /// <summary>Samples in reading order; by default all zero.</summary>
    public Func<int, int, ushort[]>? Pixel { get; init; }

    /// <summary>Adds a chunk before the pixels, or behind them.</summary>
    public PngFile With(string type, byte[] data, bool behindPixels = false)
    {
        (behindPixels ? _after : _before).Add((type, data));
        return this;
    }

    public byte[] ToBytes()
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = ((byte)depth, (byte)colour);
        WriteChunk(file, "IHDR", header);
        _before.ForEach(chunk => WriteChunk(file, chunk.Type, chunk.Data));
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest))
        {
            for (int y = 0; y < height; y++)
                zlib.Write(Row(y));
        }
        WriteChunk(file, "IDAT", compressed.ToArray());
        _after.ForEach(chunk => WriteChunk(file, chunk.Type, chunk.Data));
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    private byte[] Row(int y)
    {
        int channels = colour switch { PngColour.Rgb => 3, PngColour.GreyAlpha => 2, PngColour.Rgba => 4, _ => 1 };
        byte[] row = new byte[1 + (width * channels * depth + 7) / 8]; // begins with the filter: 0, none
        if (Pixel is null)
            return row;
        int bit = 8;
        for (int x = 0; x < width; x++)
        {
            foreach (ushort sample in Pixel(x, y))
            {
                if (depth == 16)
                    BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(bit / 8), sample);
                else
                    row[bit / 8] |= (byte)(sample << (8 - depth - bit % 8));
                bit += depth;
            }
        }
        return row;
    }

    private static void WriteChunk(Stream file, string type, byte[] data)
    {
        byte[] checkedPart = [.. Encoding.ASCII.GetBytes(type), .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(checkedPart);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32(checkedPart));
        file.Write(number);
    }

    public static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
