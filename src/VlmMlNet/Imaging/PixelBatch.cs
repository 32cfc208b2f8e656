using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace VlmMlNet.Imaging;

/// <summary>Pictures as an image encoder's input, decoded and resized on all cores straight into the memory of one tensor.
/// Each core holds one decoded picture at a time.</summary>
internal sealed class PixelBatch : IDisposable
{
    private readonly Tensor _pixels; // [pictures, 3, H, W]
    private readonly ExceptionDispatchInfo?[] _errors;
    private bool _isTaken;

    private PixelBatch(Tensor pixels, ExceptionDispatchInfo?[] errors) => (_pixels, _errors) = (pixels, errors);

    /// <summary>How many pictures it was made of.</summary>
    public int Count => _errors.Length;

    /// <summary>Reads pictures, of which some may be bad.</summary>
    /// <param name="processor">Says what the pictures become.</param>
    /// <param name="images">At least one.</param>
    public static PixelBatch Read(ImageProcessor processor, IReadOnlyList<ImageSource> images) =>
        Fill(processor, images.Count, (i, values) => images[i].Process(processor, values));

    /// <summary>Pictures that have to be good: [pictures, 3, H, W] float32 on the CPU, outside every dispose scope; null for no pictures.</summary>
    /// <exception cref="MalformedInputException">A picture cannot be decoded; of several the first.</exception>
    public static Tensor? ToTensor(ImageProcessor processor, IReadOnlyList<ImageSource> images) =>
        images.Count == 0 ? null : Read(processor, images).TakeAll();

    /// <summary>The same of decoded pictures.</summary>
    public static Tensor? ToTensor(ImageProcessor processor, IReadOnlyList<RgbImage> images) =>
        images.Count == 0 ? null : Fill(processor, images.Count, (i, values) => processor.Process(images[i], values)).TakeAll();

    /// <summary>Why a picture could not be read; null for a good one.</summary>
    public Exception? Error(int picture) => _errors[picture]?.SourceException;

    /// <summary>Throws a picture's error, if there is one.</summary>
    public void ThrowIfBad(int picture) => _errors[picture]?.Throw();

    /// <summary>Some of the pictures, [chosen, 3, H, W], in their order and outside every dispose scope; where they are all of them, this
    /// tensor is the one that they were written to, and the batch has it no more.</summary>
    public Tensor Take(IReadOnlyList<int> chosen)
    {
        if (chosen.Count < Count)
            return Copy(chosen).DetachFromDisposeScope();
        _isTaken = true;
        return _pixels;
    }

    /// <summary>A copy of some of the pictures, in any order.</summary>
    public Tensor Copy(IReadOnlyList<int> chosen)
    {
        using var places = tensor(chosen.Select(i => (long)i).ToArray());
        return _pixels.index_select(0, places);
    }

    /// <summary>Gives the memory back that was not taken.</summary>
    public void Dispose()
    {
        if (!_isTaken)
            _pixels.Dispose();
    }

    private Tensor TakeAll()
    {
        using (this)
        {
            for (int i = 0; i < Count; i++)
                ThrowIfBad(i);
            _isTaken = true;
            return _pixels;
        }
    }

    private static unsafe PixelBatch Fill(ImageProcessor processor, int count, WritePixels write)
    {
        var pixels = empty([count, 3, processor.Config.Height, processor.Config.Width], ScalarType.Float32).DetachFromDisposeScope();
        var errors = new ExceptionDispatchInfo?[count];
        fixed (byte* start = pixels.bytes) // libtorch's memory, which nothing moves
        {
            nint address = (nint)start;
            if (count == 1)
                FillOne(0);
            else
                Parallel.For(0, count, FillOne);

            void FillOne(int i)
            {
                try
                {
                    write(i, new Span<float>((float*)address + (long)i * processor.ValueCount, processor.ValueCount));
                }
                catch (Exception e)
                {
                    errors[i] = ExceptionDispatchInfo.Capture(e);
                }
            }
        }
        return new PixelBatch(pixels, errors);
    }

    private delegate void WritePixels(int picture, Span<float> values);
}
