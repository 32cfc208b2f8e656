using System.Buffers;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace VlmMlNet.Imaging;

/// <summary>Decodes PNG, JPEG, WebP, GIF, BMP and ICO into upright RGB pixels, as Pillow's <c>convert("RGB")</c> does, with
/// two differences that keep a picture what a person sees: the EXIF orientation is applied, and transparency is laid on
/// white instead of dropped. Of 16-bit channels the high byte is taken; colour profiles are ignored, as in Pillow and thus
/// in the training data of the published models. All members may be called from several threads at once.</summary>
/// <remarks>A file that is cut off, damaged, too large or no image throws <see cref="MalformedInputException"/>; nothing is
/// guessed for missing pixels.</remarks>
public static class ImageDecoder
{
    private const string Supported = "Supported are PNG, JPEG, WebP, GIF, BMP and ICO.";
    private const string ReplaceFile = "Replace the file with an intact copy or remove its row.";

    /// <summary>Decodes a file.</summary>
    /// <param name="path">The image file.</param>
    /// <param name="options">Limits; the defaults where null.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MalformedInputException">The file is not an intact image within the limits.</exception>
    public static RgbImage Decode(string path, ImageDecoderOptions? options = null)
    {
        options ??= ImageDecoderOptions.Default;
        using EncodedBytes bytes = EncodedBytes.FromFile(path, options.MaxBytes);
        return Decode(bytes.Memory, path, options);
    }

    /// <summary>Decodes a stream from its position to its end; the stream stays open.</summary>
    /// <param name="stream">A readable stream.</param>
    /// <param name="sourceName">What errors call the stream, such as <c>photos.zip/a.jpg</c>.</param>
    /// <param name="options">Limits; the defaults where null.</param>
    /// <exception cref="MalformedInputException">The stream does not hold an intact image within the limits.</exception>
    public static RgbImage Decode(Stream stream, string sourceName, ImageDecoderOptions? options = null)
    {
        options ??= ImageDecoderOptions.Default;
        using EncodedBytes bytes = EncodedBytes.FromStream(stream, sourceName, options.MaxBytes);
        return Decode(bytes.Memory, sourceName, options);
    }

    /// <summary>Decodes bytes.</summary>
    /// <param name="bytes">A whole image file.</param>
    /// <param name="sourceName">What errors call the bytes, such as <c>row 7, column 'Image'</c>.</param>
    /// <param name="options">Limits; the defaults where null.</param>
    /// <exception cref="MalformedInputException">The bytes are not an intact image within the limits.</exception>
    public static unsafe RgbImage Decode(ReadOnlyMemory<byte> bytes, string sourceName, ImageDecoderOptions? options = null)
    {
        options ??= ImageDecoderOptions.Default;
        using MemoryHandle pin = bytes.Pin();
        using SKData data = SKData.Create((nint)pin.Pointer, bytes.Length);
        using SKCodec codec = Open(data, bytes.Span, sourceName, options, out ImageFormat format);
        if (format == ImageFormat.Ico && !IconDirectory.IsComplete(bytes.Span))
            throw new MalformedInputException(sourceName, "the ICO file is cut off or damaged", ReplaceFile);

        // Without a colour space nothing is colour-managed; straight alpha keeps the colours exact.
        int width = codec.Info.Width, height = codec.Info.Height;
        AlphaEncoding alpha = codec.Info.AlphaType == SKAlphaType.Opaque ? AlphaEncoding.Opaque : AlphaEncoding.Straight;
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null);
        // Zeroed memory is not touched until it is written: a file that lies about its size costs little.
        byte* decoded = (byte*)NativeMemory.AllocZeroed((nuint)width * (nuint)height, 4);
        try
        {
            SKCodecResult result = codec.GetPixels(info, (nint)decoded, width * 4, new SKCodecOptions(SKZeroInitialized.Yes));
            if (result != SKCodecResult.Success)
                throw new MalformedInputException(sourceName, Explain(result, format), ReplaceFile);
            int orientation = options.ApplyOrientation ? EncodedOrientation.Read(codec, format, bytes.Span) : 1;
            byte[] pixels = GC.AllocateUninitializedArray<byte>(width * height * 3);
            UprightCopy.Copy(decoded, width, height, orientation, alpha, pixels);
            return orientation < 5 ? new RgbImage(width, height, pixels) : new RgbImage(height, width, pixels);
        }
        finally
        {
            NativeMemory.Free(decoded);
        }
    }

    /// <summary>Reads size and format from the header alone; no pixel is decoded and no pixel limit applies.</summary>
    /// <param name="path">The image file.</param>
    /// <param name="options">Limits; the defaults where null.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MalformedInputException">The file does not begin like an image.</exception>
    public static ImageHeader ReadHeader(string path, ImageDecoderOptions? options = null)
    {
        options ??= ImageDecoderOptions.Default;
        using EncodedBytes bytes = EncodedBytes.FromFile(path, options.MaxBytes);
        return ReadHeader(bytes.Memory, path, options);
    }

    /// <summary>Reads size and format from the header alone; no pixel is decoded and no pixel limit applies.</summary>
    /// <param name="bytes">An image file, or its beginning.</param>
    /// <param name="sourceName">What errors call the bytes.</param>
    /// <param name="options">Limits; the defaults where null.</param>
    /// <exception cref="MalformedInputException">The bytes do not begin like an image.</exception>
    public static unsafe ImageHeader ReadHeader(ReadOnlyMemory<byte> bytes, string sourceName, ImageDecoderOptions? options = null)
    {
        options = (options ?? ImageDecoderOptions.Default) with { MaxPixels = long.MaxValue };
        using MemoryHandle pin = bytes.Pin();
        using SKData data = SKData.Create((nint)pin.Pointer, bytes.Length);
        using SKCodec codec = Open(data, bytes.Span, sourceName, options, out ImageFormat format);
        bool turned = options.ApplyOrientation && EncodedOrientation.Read(codec, format, bytes.Span) >= 5;
        return turned ? new ImageHeader(codec.Info.Height, codec.Info.Width, format) : new ImageHeader(codec.Info.Width, codec.Info.Height, format);
    }

    /// <summary>Parses the header and checks the size, before any memory for pixels is asked for.</summary>
    private static SKCodec Open(SKData data, ReadOnlySpan<byte> bytes, string source, ImageDecoderOptions options, out ImageFormat format)
    {
        if (bytes.IsEmpty)
            throw new MalformedInputException(source, "the image is empty (0 bytes)", ReplaceFile);
        format = ImageSignature.Find(bytes) ?? throw new MalformedInputException(source, "this is " + ImageSignature.Describe(bytes), Supported);
        SKCodec codec = SKCodec.Create(data)
            ?? throw new MalformedInputException(source, $"the {Name(format)} file has no readable header: it is cut off, damaged or says a size of 0", ReplaceFile);
        long pixels = (long)codec.Info.Width * codec.Info.Height, limit = Math.Min(options.MaxPixels, Array.MaxLength / 3);
        if (pixels <= limit || options.MaxPixels == long.MaxValue)
            return codec;
        string problem = FormattableString.Invariant($"the image has {codec.Info.Width} x {codec.Info.Height} = {pixels:N0} pixels, above the limit of {limit:N0}");
        codec.Dispose();
        throw new MalformedInputException(source, problem, "Make it smaller, or raise ImageDecoderOptions.MaxPixels if the file can be trusted.");
    }

    private static string Explain(SKCodecResult result, ImageFormat format) => result switch
    {
        SKCodecResult.IncompleteInput => $"the {Name(format)} file is cut off: pixels are missing",
        _ => $"the {Name(format)} file is damaged ({result})",
    };

    private static string Name(ImageFormat format) => format == ImageFormat.WebP ? "WebP" : format.ToString().ToUpperInvariant();
}
