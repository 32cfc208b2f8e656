using System.Buffers.Binary;

namespace VlmMlNet.Imaging.Decoding;

/// <summary>The frame header of a JPEG file.</summary>
internal static class JpegFrame
{
    /// <summary>The fewest bytes that can hold the blocks that the frame header promises; 0 where that is not known.</summary>
    /// <remarks>A Huffman code has at least one bit. A block of 8 x 8 values has one code for its mean and, unless the file
    /// is progressive, another one that ends it. A decoder fills what is missing with grey as long as the file ends with an
    /// end marker, so that without this check a few bytes could ask for any amount of memory.</remarks>
    public static long LeastBytes(ReadOnlySpan<byte> jpeg)
    {
        // Segments: FF, marker, length (with its own two bytes), content. The frame header comes before the first scan.
        for (int at = 2; at + 4 <= jpeg.Length;)
        {
            if (jpeg[at] != 0xFF)
                return 0;
            byte marker = jpeg[at + 1];
            if (marker == 0xFF)
            {
                at++;
                continue;
            }
            int length = BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]);
            if (marker is 0xC0 or 0xC1 or 0xC2)
                return at + 2 + length <= jpeg.Length ? LeastBytes(jpeg.Slice(at + 4, Math.Max(0, length - 2)), bitsPerBlock: marker == 0xC2 ? 1 : 2) : 0;
            if (marker is 0xDA or 0xD9 || length < 2)
                return 0;
            at += 2 + length;
        }
        return 0;
    }

    /// <summary>Frame: precision, height, width, number of components; of each its id, sampling factors, table.</summary>
    private static long LeastBytes(ReadOnlySpan<byte> frame, int bitsPerBlock)
    {
        if (frame.Length < 6 || frame.Length < 6 + frame[5] * 3)
            return 0;
        long height = BinaryPrimitives.ReadUInt16BigEndian(frame[1..]), width = BinaryPrimitives.ReadUInt16BigEndian(frame[3..]), blocks = 0;
        int across = 1, down = 1;
        for (int i = 0; i < frame[5]; i++)
            (across, down) = (Math.Max(across, frame[7 + i * 3] >> 4), Math.Max(down, frame[7 + i * 3] & 15));
        for (int i = 0; i < frame[5]; i++)
            blocks += Blocks(width, frame[7 + i * 3] >> 4, across) * Blocks(height, frame[7 + i * 3] & 15, down);
        return blocks * bitsPerBlock / 8;
    }

    private static long Blocks(long pixels, int factor, int most) => (pixels * factor + 8L * most - 1) / (8L * most);
}
