using System.Runtime.InteropServices;
using VlmMlNet.Imaging;
using static TorchSharp.torch;

namespace VlmMlNet.Models;

/// <summary>Pictures to the image encoder's input, written straight into the tensor's memory.</summary>
internal static class PixelTensor
{
    /// <summary>[pictures, 3, H, W] float32 on the CPU, outside every dispose scope; null for no pictures.</summary>
    public static Tensor? Create(ImageProcessor processor, IReadOnlyList<RgbImage> images)
    {
        if (images.Count == 0)
            return null;
        var pixels = empty([images.Count, 3, processor.Config.Height, processor.Config.Width], ScalarType.Float32).DetachFromDisposeScope();
        try
        {
            for (int i = 0; i < images.Count; i++)
            {
                using var picture = pixels[i];
                processor.Process(images[i], MemoryMarshal.Cast<byte, float>(picture.bytes));
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
