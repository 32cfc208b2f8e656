using SkiaSharp;

namespace VlmMlNet.Imaging;

/// <summary>Writes pictures as PNG, losslessly.</summary>
public static class PngWriter
{
    /// <summary>The picture as a PNG file.</summary>
    public static byte[] ToBytes(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        byte[] pixels = new byte[image.Pixels.Length / 3 * 4];
        for (int i = 0, from = 0; from < image.Pixels.Length; i += 4, from += 3)
        {
            image.Pixels.AsSpan(from, 3).CopyTo(pixels.AsSpan(i));
            pixels[i + 3] = byte.MaxValue;
        }
        using SKImage picture = SKImage.FromPixelCopy(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque), pixels);
        using SKData data = picture.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
