using System.Runtime.CompilerServices;
using Microsoft.ML.Data;
using SkiaSharp;

namespace VlmMlNet.Runtime;

/// <summary>The pixels of an ML.NET image.</summary>
/// <remarks>ML.NET 5 is compiled against SkiaSharp 2.88, whose <c>GetPixelSpan</c> has another return type than SkiaSharp 3's:
/// where an application brings version 3, <see cref="MLImage.Pixels"/> throws MissingMethodException. <c>GetPixels</c> is
/// the same in both.</remarks>
internal static class ImagePixels
{
    /// <summary>Rows from top to bottom, 4 bytes a pixel in the image's format, colours multiplied by alpha, without padding.
    /// Valid while the image is not disposed.</summary>
    public static unsafe ReadOnlySpan<byte> Of(MLImage image)
    {
        int length = checked(image.Width * image.Height * 4); // throws when the image is disposed
        try
        {
            return new ReadOnlySpan<byte>((void*)Bitmap(image).GetPixels(), length);
        }
        catch (MissingFieldException)
        {
            return image.Pixels;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_image")]
    private static extern ref SKBitmap Bitmap(MLImage image);
}
