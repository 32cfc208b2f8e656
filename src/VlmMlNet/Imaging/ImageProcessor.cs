using System.Buffers;
using VlmMlNet.Imaging.Decoding;
using VlmMlNet.Imaging.Resizing;

namespace VlmMlNet.Imaging;

/// <summary>Makes a vision model's input of a picture: resize to the model's size, rescale, normalise. The same numbers as
/// Hugging Face's SiglipImageProcessor. One instance may be used from several threads at once.</summary>
public sealed class ImageProcessor
{
    private readonly ImageDecoderOptions? _decoder;

    // [3, 256]: there are only 256 values a channel, so that each is computed once.
    private readonly float[] _levels = new float[3 * 256];

    /// <summary>Prepares the tables.</summary>
    /// <param name="config">Size and normalisation; null is SigLIP's 224 x 224, mean and deviation 0.5.</param>
    /// <param name="decoder">Limits for files; the defaults where null.</param>
    /// <exception cref="ArgumentException">The configuration is impossible.</exception>
    public ImageProcessor(ImageProcessorConfig? config = null, ImageDecoderOptions? decoder = null)
    {
        Config = config ?? new ImageProcessorConfig();
        _decoder = decoder;
        if (Config.FindProblem() is { } problem)
            throw new ArgumentException($"The image processor configuration cannot be used: {problem}.", nameof(config));
        for (int channel = 0; channel < 3; channel++)
        for (int level = 0; level < 256; level++)
            _levels[channel * 256 + level] = Config.Level(channel, level);
    }

    /// <summary>Size and normalisation.</summary>
    public ImageProcessorConfig Config { get; }

    /// <summary>Limits for files, and whether they are turned upright; null for the defaults.</summary>
    internal ImageDecoderOptions? Decoder => _decoder;

    /// <summary>Values a picture: 3 * Height * Width.</summary>
    public int ValueCount => 3 * Config.Height * Config.Width;

    /// <summary>Processes a decoded picture of any size.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="destination">Receives [3, Height, Width]; exactly <see cref="ValueCount"/> values.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void Process(RgbImage image, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(image);
        CheckLength(destination);
        Process(image.Pixels, image.Width, image.Height, destination);
    }

    /// <summary>Decodes and processes a file.</summary>
    /// <param name="path">The image file.</param>
    /// <param name="destination">Receives [3, Height, Width]; exactly <see cref="ValueCount"/> values.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MalformedInputException">The file is not an intact image within the limits.</exception>
    public void Process(string path, Span<float> destination)
    {
        CheckLength(destination);
        using RentedPixels image = ImageDecoder.Rent(path, _decoder);
        Process(image.Pixels, image.Width, image.Height, destination);
    }

    /// <summary>Decodes and processes bytes.</summary>
    /// <param name="bytes">A whole image file.</param>
    /// <param name="sourceName">What errors call the bytes.</param>
    /// <param name="destination">Receives [3, Height, Width]; exactly <see cref="ValueCount"/> values.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="MalformedInputException">The bytes are not an intact image within the limits.</exception>
    public void Process(ReadOnlyMemory<byte> bytes, string sourceName, Span<float> destination)
    {
        CheckLength(destination);
        using RentedPixels image = ImageDecoder.Rent(bytes, sourceName, _decoder);
        Process(image.Pixels, image.Width, image.Height, destination);
    }

    /// <summary>Processes a decoded picture of any size into a new array [3, Height, Width].</summary>
    public float[] Process(RgbImage image)
    {
        float[] values = GC.AllocateUninitializedArray<float>(ValueCount);
        Process(image, values);
        return values;
    }

    /// <summary>Decodes and processes a file into a new array [3, Height, Width].</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MalformedInputException">The file is not an intact image within the limits.</exception>
    public float[] Process(string path)
    {
        float[] values = GC.AllocateUninitializedArray<float>(ValueCount);
        Process(path, values);
        return values;
    }

    /// <summary>Decodes and processes bytes into a new array [3, Height, Width].</summary>
    /// <exception cref="MalformedInputException">The bytes are not an intact image within the limits.</exception>
    public float[] Process(ReadOnlyMemory<byte> bytes, string sourceName)
    {
        float[] values = GC.AllocateUninitializedArray<float>(ValueCount);
        Process(bytes, sourceName, values);
        return values;
    }

    private void CheckLength(Span<float> destination)
    {
        if (destination.Length != ValueCount)
            throw new ArgumentException($"A {Config.Width} x {Config.Height} picture has {ValueCount} values, but the destination has {destination.Length}.", nameof(destination));
    }

    private void Process(ReadOnlySpan<byte> pixels, int width, int height, Span<float> destination)
    {
        if (width == Config.Width && height == Config.Height)
        {
            Normalize(pixels, destination);
            return;
        }
        byte[] resized = ArrayPool<byte>.Shared.Rent(ValueCount);
        ImageResizer.Resize(pixels, width, height, resized.AsSpan(0, ValueCount), Config.Width, Config.Height, Config.Resample);
        Normalize(resized.AsSpan(0, ValueCount), destination);
        ArrayPool<byte>.Shared.Return(resized);
    }

    /// <summary>[Height, Width, 3] bytes to [3, Height, Width] floats.</summary>
    private void Normalize(ReadOnlySpan<byte> pixels, Span<float> destination)
    {
        int plane = pixels.Length / 3;
        ReadOnlySpan<float> red = _levels.AsSpan(0, 256), green = _levels.AsSpan(256, 256), blue = _levels.AsSpan(512, 256);
        Span<float> reds = destination[..plane], greens = destination.Slice(plane, plane), blues = destination.Slice(2 * plane, plane);
        for (int i = 0, from = 0; i < plane; i++, from += 3)
        {
            reds[i] = red[pixels[from]];
            greens[i] = green[pixels[from + 1]];
            blues[i] = blue[pixels[from + 2]];
        }
    }
}
