namespace VlmMlNet.Imaging.Decoding;

/// <summary>Recognises files by their first bytes.</summary>
internal static class ImageSignature
{
    /// <summary>The format, or null for anything that is not decoded here.</summary>
    public static ImageFormat? Find(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, ..] => ImageFormat.Png,
        [0xFF, 0xD8, 0xFF, ..] => ImageFormat.Jpeg,
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => ImageFormat.Gif,
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => ImageFormat.WebP,
        [(byte)'B', (byte)'M', ..] => ImageFormat.Bmp,
        [0, 0, 1 or 2, 0, ..] => ImageFormat.Ico,
        _ => null,
    };

    /// <summary>What bytes that are no image of a known format seem to be, for the error message.</summary>
    public static string Describe(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> start = bytes.StartsWith("\xEF\xBB\xBF"u8) ? bytes[3..] : bytes;
        start = start.TrimStart(" \t\r\n"u8);
        if (start.StartsWith("<svg"u8) || start.StartsWith("<?xml"u8))
            return "an SVG or other XML file";
        if (start.StartsWith("<"u8))
            return "a web page, perhaps of a failed download";
        if (start.StartsWith("version https://git-lfs"u8))
            return "a Git LFS pointer whose file was not fetched";
        if (start.StartsWith("%PDF"u8))
            return "a PDF file";
        if (start.StartsWith("II*\0"u8) || start.StartsWith("MM\0*"u8))
            return "a TIFF file";
        if (bytes.Length >= 12 && bytes[4..8].SequenceEqual("ftyp"u8))
            return "an AVIF, HEIF or video file";
        return "not an image of a known format"; // and no byte of it is said: it may be any file that a data set names
    }
}
