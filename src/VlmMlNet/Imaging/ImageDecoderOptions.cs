namespace VlmMlNet.Imaging;

/// <summary>What <see cref="ImageDecoder"/> accepts.</summary>
public sealed record ImageDecoderOptions
{
    /// <summary>The most pixels (width * height) that a picture may have; the header is checked before anything is
    /// allocated, so that a small file cannot ask for much memory. Default: 178,956,970, above which Pillow refuses an
    /// image as a decompression bomb (twice its MAX_IMAGE_PIXELS of 1 GiB / 4 / 3). While it is
    /// decoded a picture takes 3 (JPEG) to 7 bytes a pixel, and what its format needs. A picture of more than 715,827,197 pixels fits into no array and is always refused.</summary>
    public long MaxPixels { get; init; } = 178_956_970;

    /// <summary>The most pixels that a side may have. Default: 1,000,000; it bounds the tables of the resizer.</summary>
    public int MaxSide { get; init; } = 1_000_000;

    /// <summary>The most bytes that a file or stream may have. Default: 512 MiB.</summary>
    public long MaxBytes { get; init; } = 512L << 20;

    /// <summary>Whether the EXIF orientation turns the picture upright. Default: true. (Hugging Face processors ignore the
    /// orientation; false gives their pixels.)</summary>
    public bool ApplyOrientation { get; init; } = true;

    internal static ImageDecoderOptions Default { get; } = new();
}
