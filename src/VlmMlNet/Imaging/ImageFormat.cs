namespace VlmMlNet.Imaging;

/// <summary>The file formats that <see cref="ImageDecoder"/> reads.</summary>
public enum ImageFormat
{
    /// <summary>PNG of every colour type and depth, interlaced or not.</summary>
    Png,

    /// <summary>JPEG: baseline or progressive; grey, YCbCr, RGB, CMYK or YCCK.</summary>
    Jpeg,

    /// <summary>WebP: lossy or lossless; of an animation the first frame.</summary>
    WebP,

    /// <summary>GIF: the first frame.</summary>
    Gif,

    /// <summary>Windows bitmap.</summary>
    Bmp,

    /// <summary>Windows icon or cursor: its largest picture.</summary>
    Ico,
}
