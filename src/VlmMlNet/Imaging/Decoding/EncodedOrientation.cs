using System.Buffers.Binary;

namespace VlmMlNet.Imaging.Decoding;

/// <summary>The EXIF orientation of an encoded picture: 1 (upright) to 8.</summary>
internal static class EncodedOrientation
{
    private const ushort OrientationTag = 0x0112, ByteType = 1, ShortType = 3, LongType = 4;

    private static ReadOnlySpan<byte> Prefix => "Exif\0\0"u8;

    /// <summary>Finds the EXIF data of formats that can have some. (Skia wants them without a prefix in WebP, knows no LONG, and
    /// passes PNG over.)</summary>
    public static int Read(ImageFormat format, ReadOnlySpan<byte> bytes) => format switch
    {
        ImageFormat.Jpeg => ReadJpeg(bytes),
        ImageFormat.WebP => ReadWebP(bytes),
        ImageFormat.Png => ReadPng(bytes),
        _ => 1,
    };

    /// <summary>Whether the beginning of a file does not say that it has no orientation further behind.</summary>
    public static bool MayFollowPixels(ImageFormat format, ReadOnlySpan<byte> beginning) => format == ImageFormat.Png || (format == ImageFormat.WebP && IsExtended(beginning));

    // Only the extended format of WebP has metadata.
    private static bool IsExtended(ReadOnlySpan<byte> webp) => webp.Length >= 16 && webp[12..].StartsWith("VP8X"u8);

    private static int ReadJpeg(ReadOnlySpan<byte> jpeg)
    {
        // Segments: FF, marker, length (with its own two bytes), content. Metadata come before the first scan.
        for (int at = 2; at + 4 <= jpeg.Length && jpeg[at] == 0xFF && jpeg[at + 1] is not (0xDA or 0xD9);)
        {
            if (jpeg[at + 1] == 0xFF) // fills up
            {
                at++;
                continue;
            }
            int length = BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]);
            if (length < 2 || length > jpeg.Length - at - 2)
                break;
            ReadOnlySpan<byte> content = jpeg.Slice(at + 4, length - 2);
            if (jpeg[at + 1] == 0xE1 && content.StartsWith("Exif\0"u8))
                return ReadTiff(WithoutPrefix(content));
            at += 2 + length;
        }
        return 1;
    }

    private static int ReadWebP(ReadOnlySpan<byte> webp)
    {
        // RIFF, length, WEBP; then chunks: type, length, data, a byte that fills up to an even length.
        for (long at = 12; IsExtended(webp) && at + 8 <= webp.Length;)
        {
            ReadOnlySpan<byte> chunk = webp[(int)at..];
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (length > chunk.Length - 8)
                break;
            if (chunk.StartsWith("EXIF"u8))
                return ReadTiff(WithoutPrefix(chunk.Slice(8, (int)length)));
            at += 8 + length + length % 2;
        }
        return 1;
    }

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
                return ReadTiff(WithoutPrefix(chunk.Slice(8, (int)length)));
            at += 12 + length;
        }
        return 1;
    }

    // A JPEG segment's name, which libvips and others also write where none belongs; some twice.
    private static ReadOnlySpan<byte> WithoutPrefix(ReadOnlySpan<byte> exif)
    {
        while (exif.Length >= Prefix.Length && exif.StartsWith("Exif\0"u8))
            exif = exif[Prefix.Length..];
        return exif;
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
                ByteType => rest[8],
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
