using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace VlmMlNet.Imaging;

/// <summary>Pictures to an image encoder's input, decoded and resized on all cores.</summary>
internal static class ImageBatch
{
    /// <summary>[pictures, 3, H, W] float32 on the CPU, written straight into the tensor's memory. Of several bad pictures,
    /// the error is that of the first.</summary>
    public static unsafe Tensor ToTensor(ImageProcessor processor, IReadOnlyList<ImageInput> images)
    {
        var pixels = empty([images.Count, 3, processor.Config.Height, processor.Config.Width], ScalarType.Float32);
        var errors = new Exception?[images.Count];
        fixed (byte* start = pixels.bytes) // libtorch's memory, which nothing moves
        {
            nint address = (nint)start;
            Parallel.For(0, images.Count, i =>
            {
                try
                {
                    processor.Process(images[i].Decode(), new Span<float>((float*)address + (long)i * processor.ValueCount, processor.ValueCount));
                }
                catch (Exception e)
                {
                    errors[i] = e;
                }
            });
        }
        foreach (var error in errors)
            if (error is not null)
                ExceptionDispatchInfo.Throw(error);
        return pixels;
    }
}
