using System.Buffers;
using System.Runtime.ExceptionServices;

namespace VlmMlNet.Imaging;

/// <summary>A picture that was decoded and resized for the image encoder, or the reason why it could not be.</summary>
internal readonly struct PreparedPicture : IDisposable
{
    private readonly float[]? _rented;
    private readonly ExceptionDispatchInfo? _error;

    private PreparedPicture(float[]? rented, Exception? error) => (_rented, _error) = (rented, error is null ? null : ExceptionDispatchInfo.Capture(error));

    /// <summary>Null for a picture that is good.</summary>
    public Exception? Error => _error?.SourceException;

    /// <summary>[3, Height, Width], and perhaps more behind it.</summary>
    public ReadOnlySpan<float> Values => _rented;

    /// <summary>Throws the error, if there is one.</summary>
    public void ThrowIfBad() => _error?.Throw();

    /// <summary>Prepares pictures on all cores; each core holds one decoded picture at a time.</summary>
    /// <returns>In the order of the pictures.</returns>
    public static PreparedPicture[] Prepare(ImageProcessor processor, IReadOnlyList<ImageInput> pictures)
    {
        var prepared = new PreparedPicture[pictures.Count];
        if (pictures.Count == 1)
            prepared[0] = Prepare(processor, pictures[0]);
        else
            Parallel.For(0, pictures.Count, i => prepared[i] = Prepare(processor, pictures[i]));
        return prepared;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<float>.Shared.Return(_rented);
    }

    private static PreparedPicture Prepare(ImageProcessor processor, ImageInput picture)
    {
        float[] values = ArrayPool<float>.Shared.Rent(processor.ValueCount);
        try
        {
            picture.Process(processor, values.AsSpan(0, processor.ValueCount));
            return new(values, null);
        }
        catch (Exception e)
        {
            ArrayPool<float>.Shared.Return(values);
            return new(null, e);
        }
    }
}
