using System.Buffers;

namespace VlmMlNet.Imaging.Resizing;

/// <summary>Antialiased resizing, bit-equal to Pillow's <c>Image.resize</c>, behind which the image encoders were trained: along
/// the rows first, then along the columns, in fixed point, rounded to 8 bits in between.</summary>
public static class ImageResizer
{
    // The rows that output rows still look at stay within this; only pictures of extreme shapes reach it, and are then
    // resized in vertical strips.
    private const int WindowBytes = 8 << 20;

    /// <summary>Resizes to exactly the given size; the aspect ratio is not kept.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="width">The new width, at least 1; smaller or larger than the image's.</param>
    /// <param name="height">The new height, at least 1.</param>
    /// <param name="filter">The filter. Default: bicubic, SigLIP's.</param>
    /// <returns>A new image; its pixels are shared with no other.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1, the result fits into no array, or there is no such filter.</exception>
    public static RgbImage Resize(RgbImage image, int width, int height, Resampling filter = Resampling.Bicubic)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)width * height, Array.MaxLength / 3, "width * height");
        byte[] resized = GC.AllocateUninitializedArray<byte>(width * height * 3);
        Resize(image.Pixels, image.Width, image.Height, resized, width, height, filter);
        return new RgbImage(width, height, resized);
    }

    /// <summary>Resizes R G B into R G B; both spans have exactly width * height * 3 bytes.</summary>
    internal static void Resize(ReadOnlySpan<byte> source, int sourceWidth, int sourceHeight, Span<byte> destination, int width, int height, Resampling filter)
    {
        ResampleWeights? across = width == sourceWidth ? null : ResampleWeights.Get(sourceWidth, width, filter);
        ResampleWeights? down = height == sourceHeight ? null : ResampleWeights.Get(sourceHeight, height, filter);
        if (across is not null && down is not null)
        {
            ResizeBoth(source, sourceWidth * 3, across, down, destination, width * 3);
        }
        else if (across is not null)
        {
            for (int y = 0; y < height; y++)
                WeightedMean.OfPixels(source[(y * sourceWidth * 3)..], sourceWidth * 3, across, 0, destination.Slice(y * width * 3, width * 3));
        }
        else if (down is not null)
        {
            int rowBytes = width * 3;
            for (int y = 0; y < height; y++)
                WeightedMean.OfRows(source.Slice(down.First[y] * rowBytes, down.Count[y] * rowBytes), down.Of(y), destination.Slice(y * rowBytes, rowBytes));
        }
        else
        {
            source.CopyTo(destination);
        }
    }

    private static void ResizeBoth(ReadOnlySpan<byte> source, int sourceRowBytes, ResampleWeights across, ResampleWeights down, Span<byte> destination, int rowBytes)
    {
        // A window over the rows resized so far. It holds twice what an output row needs, so that its content moves to the
        // front only now and then; rows that no output row looks at are not resized.
        int windowRows = (int)Math.Min(2L * down.Stride, down.From);
        int stripBytes = Math.Clamp(WindowBytes / windowRows / 3 * 3, 3, rowBytes);
        byte[] rented = ArrayPool<byte>.Shared.Rent(windowRows * stripBytes);
        for (int left = 0; left < rowBytes; left += stripBytes)
        {
            int bytes = Math.Min(stripBytes, rowBytes - left);
            Span<byte> window = rented.AsSpan(0, windowRows * bytes);
            for (int y = 0, start = down.First[0], end = start; y < down.To; y++)
            {
                int first = down.First[y], last = first + down.Count[y];
                if (last - start > windowRows)
                {
                    if (first < end)
                        window[((first - start) * bytes)..((end - start) * bytes)].CopyTo(window);
                    end = Math.Max(first, end);
                    start = first;
                }
                for (; end < last; end++)
                    WeightedMean.OfPixels(source[(end * sourceRowBytes)..], sourceRowBytes, across, left / 3, window.Slice((end - start) * bytes, bytes));
                WeightedMean.OfRows(window[((first - start) * bytes)..((last - start) * bytes)], down.Of(y), destination.Slice(y * rowBytes + left, bytes));
            }
        }
        ArrayPool<byte>.Shared.Return(rented);
    }
}
