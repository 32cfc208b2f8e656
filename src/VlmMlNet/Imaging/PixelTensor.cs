using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace VlmMlNet.Imaging;

/// <summary>Pictures to the image encoder's input, written straight into the tensor's memory.</summary>
internal static class PixelTensor
{
    /// <summary>[pictures, 3, H, W] float32 on the CPU, outside every dispose scope; null for no pictures.</summary>
    public static Tensor? Create(ImageProcessor processor, IReadOnlyList<RgbImage> images)
    {
        if (images.Count == 0)
            return null;
        return Create(processor, images.Count, (i, values) => processor.Process(images[i], values));
    }

    /// <summary>The same of pictures that some code writes.</summary>
    /// <param name="processor">Says their size.</param>
    /// <param name="count">How many; at least one.</param>
    /// <param name="write">Is given a picture's number and the place of its values, [3, H, W].</param>
    public static Tensor Create(ImageProcessor processor, int count, Action<int, Span<float>> write)
    {
        var pixels = empty([count, 3, processor.Config.Height, processor.Config.Width], ScalarType.Float32).DetachFromDisposeScope();
        try
        {
            for (int i = 0; i < count; i++)
            {
                using var picture = pixels[i];
                write(i, MemoryMarshal.Cast<byte, float>(picture.bytes));
            }
            return pixels;
        }
        catch
        {
            pixels.Dispose();
            throw;
        }
    }
}
