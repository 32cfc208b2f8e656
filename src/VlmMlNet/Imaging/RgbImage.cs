using VlmMlNet.Imaging.Decoding;

namespace VlmMlNet.Imaging;

/// <summary>An upright picture of 8-bit red, green and blue values: what <see cref="ImageDecoder"/> makes of any file and
/// what a model's <see cref="ImageProcessor"/> takes.</summary>
public sealed class RgbImage
{
    /// <summary>Wraps pixels without copying them.</summary>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <param name="pixels">Rows from top to bottom, pixels from left to right, R G B: exactly width * height * 3 bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
    /// <exception cref="ArgumentException">The array has another length.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        long expected = ByteCount(width, height);
        if (pixels.Length != expected)
            throw new ArgumentException($"A {width} x {height} RGB image has {expected} bytes, but the array has {pixels.Length}.", nameof(pixels));
        (Width, Height, Pixels) = (width, height, pixels);
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>The pixels themselves, not a copy: [Height, Width, 3], R G B, without padding between rows.</summary>
    public byte[] Pixels { get; }

    /// <summary>Copies 4-byte pixels, such as those of an ML.NET <c>MLImage</c>, and lays transparency on white.</summary>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <param name="bgra">Rows from top to bottom, B G R A, without padding: exactly width * height * 4 bytes.</param>
    /// <param name="premultiplied">Whether the colours are already multiplied by alpha. Straight alpha gives the exactly
    /// rounded result; premultiplied pixels have been rounded once before and may be one level off.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public static RgbImage FromBgra(int width, int height, ReadOnlySpan<byte> bgra, bool premultiplied)
    {
        long bytes = ByteCount(width, height);
        if (bgra.Length != bytes / 3 * 4)
            throw new ArgumentException($"A {width} x {height} BGRA image has {bytes / 3 * 4} bytes, but the span has {bgra.Length}.", nameof(bgra));
        byte[] pixels = GC.AllocateUninitializedArray<byte>((int)bytes);
        RgbPacker.Pack(bgra, pixels, swapRedAndBlue: true, premultiplied ? AlphaEncoding.Premultiplied : AlphaEncoding.Straight);
        return new RgbImage(width, height, pixels);
    }

    private static long ByteCount(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        long bytes = (long)width * height * 3;
        if (bytes > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(width), $"{width} x {height} pixels do not fit into one array.");
        return bytes;
    }
}
