using System.Buffers.Binary;

namespace VlmMlNet.Imaging.Decoding;

/// <summary>The table of contents of a Windows icon.</summary>
internal static class IconDirectory
{
    /// <summary>Whether every picture that the directory lists lies within the file. (Skia falls back to a smaller
    /// picture when the largest one is cut off, which would hide that the file is damaged.)</summary>
    public static bool IsComplete(ReadOnlySpan<byte> icon)
    {
        // Header: reserved, type, count; then entries of 16 bytes that end with the length and offset of a picture.
        if (icon.Length < 6)
            return false;
        int count = BinaryPrimitives.ReadUInt16LittleEndian(icon[4..]);
        if (icon.Length < 6 + count * 16)
            return false;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = icon.Slice(6 + i * 16, 16);
            long length = BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]), offset = BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]);
            if (offset + length > icon.Length)
                return false;
        }
        return count > 0;
    }
}
