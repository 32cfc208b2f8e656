using System.Buffers;
using VlmMlNet.Imaging.Decoding;

namespace VlmMlNet.Imaging;

/// <summary>Decodes PNG, JPEG, WebP, GIF, BMP and ICO into upright RGB pixels, as Pillow's <c>convert("RGB")</c> does, with
/// two differences that keep a picture what a person sees: the EXIF orientation is applied, and transparency is laid on
/// white instead of dropped. Of 16-bit channels the high byte is taken; colour profiles are ignored, as in Pillow and thus
/// in the training data of the published models. All members may be called from several threads at once.</summary>
/// <remarks>A file that is cut off, damaged, too large or no image throws <see cref="MalformedInputException"/>; nothing is
/// made up for missing pixels. Of an animation the first frame is taken, of an icon the largest picture.</remarks>
public static class ImageDecoder
{
    private const int HeaderBytes = 64 << 10;

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
    public static RgbImage Decode(ReadOnlyMemory<byte> bytes, string sourceName, ImageDecoderOptions? options = null)
    {
        options ??= ImageDecoderOptions.Default;
        using var decoder = new PixelDecoder(bytes, sourceName, options.ApplyOrientation);
        decoder.CheckSize(options);
        var (width, height, _) = decoder.Header;
        byte[] pixels = GC.AllocateUninitializedArray<byte>(width * height * 3);
        decoder.Decode(pixels);
        return new RgbImage(width, height, pixels);
    }

    /// <summary>Reads size and format of a file from its header: no pixel is decoded, no limit on pixels applies, and of
    /// most files only the beginning is read.</summary>
    /// <param name="path">The image file.</param>
    /// <param name="options">The limit on bytes and whether the orientation counts; the defaults where null.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MalformedInputException">The file does not begin like an image.</exception>
    public static ImageHeader ReadHeader(string path, ImageDecoderOptions? options = null)
    {
        options ??= ImageDecoderOptions.Default;
        using (EncodedBytes beginning = EncodedBytes.FromFile(path, options.MaxBytes, HeaderBytes))
        {
            // The orientation may stand behind the pixels, and metadata may fill the beginning of any file.
            if (!beginning.IsCutOff || (ImageSignature.Find(beginning.Memory.Span) is { } format && !EncodedOrientation.MayFollowPixels(format, beginning.Memory.Span)))
            {
                try
                {
                    return ReadHeader(beginning.Memory, path, options);
                }
                catch (MalformedInputException) when (beginning.IsCutOff)
                {
                }
            }
        }
        using EncodedBytes whole = EncodedBytes.FromFile(path, options.MaxBytes);
        return ReadHeader(whole.Memory, path, options);
    }

    /// <summary>Reads size and format from the header; no pixel is decoded and no limit on pixels applies.</summary>
    /// <param name="bytes">An image file, or as much of its beginning as holds the header.</param>
    /// <param name="sourceName">What errors call the bytes.</param>
    /// <param name="options">Whether the orientation counts; the defaults where null.</param>
    /// <exception cref="MalformedInputException">The bytes do not begin like an image.</exception>
    public static ImageHeader ReadHeader(ReadOnlyMemory<byte> bytes, string sourceName, ImageDecoderOptions? options = null)
    {
        using var decoder = new PixelDecoder(bytes, sourceName, (options ?? ImageDecoderOptions.Default).ApplyOrientation);
        return decoder.Header;
    }

    /// <summary>Decodes a file into rented memory.</summary>
    internal static RentedPixels Rent(string path, ImageDecoderOptions? options)
    {
        options ??= ImageDecoderOptions.Default;
        using EncodedBytes bytes = EncodedBytes.FromFile(path, options.MaxBytes);
        return Rent(bytes.Memory, path, options);
    }

    /// <summary>Decodes bytes into rented memory.</summary>
    internal static RentedPixels Rent(ReadOnlyMemory<byte> bytes, string source, ImageDecoderOptions? options)
    {
        options ??= ImageDecoderOptions.Default;
        using var decoder = new PixelDecoder(bytes, source, options.ApplyOrientation);
        decoder.CheckSize(options);
        var (width, height, _) = decoder.Header;
        byte[] rented = ArrayPool<byte>.Shared.Rent(width * height * 3);
        try
        {
            decoder.Decode(rented);
            return new RentedPixels(width, height, rented);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(rented);
            throw;
        }
    }
}
