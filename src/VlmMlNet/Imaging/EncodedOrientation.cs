using System.Buffers.Binary;
using SkiaSharp;

namespace VlmMlNet.Imaging;

/// <summary>The EXIF orientation of an encoded picture: 1 (upright) to 8.</summary>
internal static class EncodedOrientation
{
    private const ushort OrientationTag = 0x0112, ShortType = 3, LongType = 4;

    /// <summary>Skia finds the orientation of JPEG and WebP; the eXIf chunk of a PNG is read here.</summary>
    public static int Read(SKCodec codec, ImageFormat format, ReadOnlySpan<byte> bytes)
        => format == ImageFormat.Png ? ReadPng(bytes) : codec.EncodedOrigin is >= SKEncodedOrigin.TopLeft and <= SKEncodedOrigin.LeftBottom ? (int)codec.EncodedOrigin : 1;

    private static int ReadPng(ReadOnlySpan<byte> png)
    {
        // A chunk: length, type, data, checksum. The eXIf chunk may come before or after the pixels.
        for (long at = 8; at + 12 <= png.Length;)
        {
            ReadOnlySpan<byte> chunk = png[(int)at..];
            uint length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (length > chunk.Length - 12)
                break;
            if (chunk.Slice(4, 4).SequenceEqual("eXIf"u8))
                return ReadTiff(chunk.Slice(8, (int)length));
            at += 12 + length;
        }
        return 1;
    }

    /// <summary>Reads the tag from the first directory of a TIFF structure; 1 where it is absent or makes no sense.</summary>
    internal static int ReadTiff(ReadOnlySpan<byte> tiff)
    {
        bool little = tiff.StartsWith("II*\0"u8);
        if (tiff.Length < 8 || !(little || tiff.StartsWith("MM\0*"u8)))
            return 1;
        uint directory = ReadUInt32(tiff[4..], little);
        if (directory > tiff.Length - 2)
            return 1;
        int entries = ReadUInt16(tiff[(int)directory..], little);
        ReadOnlySpan<byte> rest = tiff[((int)directory + 2)..];
        for (; entries > 0 && rest.Length >= 12; entries--, rest = rest[12..])
        {
            if (ReadUInt16(rest, little) != OrientationTag)
                continue;
            uint value = ReadUInt16(rest[2..], little) switch
            {
                ShortType => ReadUInt16(rest[8..], little),
                LongType => ReadUInt32(rest[8..], little),
                _ => 1,
            };
            return value is >= 1 and <= 8 ? (int)value : 1;
        }
        return 1;
    }

    private static ushort ReadUInt16(ReadOnlySpan<byte> bytes, bool little)
        => little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint ReadUInt32(ReadOnlySpan<byte> bytes, bool little)
        => little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
