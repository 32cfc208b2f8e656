using System.Buffers;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace VlmMlNet.Imaging.Decoding;

/// <summary>One encoded picture in memory: header first, pixels on demand.</summary>
/// <remarks>Of Skia nothing but its codecs is used: without a colour space they manage no colours, and with straight alpha
/// they keep them exact, which gives Pillow's pixels.</remarks>
internal sealed unsafe class PixelDecoder : IDisposable
{
    private const string Supported = "Supported are PNG, JPEG, WebP, GIF, BMP and ICO.";
    private const string Replace = "Replace it with an intact copy, or leave it out.";
    private const int StripRows = 32;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly string _source;
    private readonly ImageFormat _format;
    private readonly int _orientation;
    private readonly MemoryHandle _pin;
    private readonly SKData? _data;
    private readonly SKCodec? _codec;

    /// <summary>Parses the header; nothing is allocated for pixels.</summary>
    public PixelDecoder(ReadOnlyMemory<byte> bytes, string source, bool applyOrientation)
    {
        ArgumentNullException.ThrowIfNull(source);
        (_bytes, _source) = (bytes, source);
        if (bytes.IsEmpty)
            throw new MalformedInputException(source, "the image is empty (0 bytes)", Replace);
        _format = ImageSignature.Find(bytes.Span) ?? throw new MalformedInputException(source, "this is " + ImageSignature.Describe(bytes.Span), Supported);
        _pin = bytes.Pin();
        _data = SKData.Create((nint)_pin.Pointer, bytes.Length);
        _codec = SKCodec.Create(_data);
        if (_codec is null)
        {
            Dispose();
            throw new MalformedInputException(source, $"the {FormatName} file has no readable header: it is cut off, damaged or says a size of 0", Replace);
        }
        _orientation = applyOrientation ? EncodedOrientation.Read(_format, bytes.Span) : 1;
    }

    /// <summary>Size of the upright picture, and format.</summary>
    public ImageHeader Header => _orientation < 5 ? new(Stored.Width, Stored.Height, _format) : new(Stored.Height, Stored.Width, _format);

    private SKImageInfo Stored => _codec!.Info;

    private string FormatName => _format == ImageFormat.WebP ? "WebP" : _format.ToString().ToUpperInvariant();

    /// <summary>Throws where the header says more than the limits allow or the file can hold.</summary>
    public void CheckSize(ImageDecoderOptions options)
    {
        var (width, height, _) = Header;
        long pixels = (long)width * height, most = Math.Min(options.MaxPixels, Array.MaxLength / 3);
        if (pixels > most)
            throw TooLarge(FormattableString.Invariant($"{width} x {height} = {pixels:N0} pixels, above the limit of {most:N0}"), nameof(options.MaxPixels));
        if (Math.Max(width, height) > options.MaxSide)
            throw TooLarge(FormattableString.Invariant($"{width} x {height} pixels, and a side may have {options.MaxSide:N0}"), nameof(options.MaxSide));
        if (_format == ImageFormat.Jpeg && JpegFrame.LeastBytes(_bytes.Span) > _bytes.Length)
            throw Damaged(FormattableString.Invariant($"is cut off or damaged: {_bytes.Length:N0} bytes cannot hold {width} x {height} pixels"));
    }

    /// <summary>Decodes into an array of at least width * height * 3 bytes.</summary>
    public void Decode(byte[] destination)
    {
        var info = new SKImageInfo(Stored.Width, Stored.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null);
        var copy = new UprightCopy(info.Width, info.Height, _orientation, Stored.AlphaType == SKAlphaType.Opaque ? AlphaEncoding.Opaque : AlphaEncoding.Straight);
        // JPEG, the format of most data sets, comes in strips that stay in the cache; the others whole.
        if (_format == ImageFormat.Jpeg && _codec!.StartScanlineDecode(info) == SKCodecResult.Success)
            DecodeStrips(info, copy, destination);
        else
            DecodeWhole(info, copy, destination);
    }

    /// <summary>Ends the use of the bytes.</summary>
    public void Dispose()
    {
        _codec?.Dispose();
        _data?.Dispose();
        _pin.Dispose();
    }

    private void DecodeStrips(SKImageInfo info, UprightCopy copy, byte[] destination)
    {
        byte[] strip = ArrayPool<byte>.Shared.Rent(info.Width * 4 * Math.Min(StripRows, info.Height));
        try
        {
            fixed (byte* rows = strip)
            {
                for (int y = 0; y < info.Height; y += StripRows)
                {
                    int count = Math.Min(StripRows, info.Height - y), decoded = _codec!.GetScanlines((nint)rows, count, info.Width * 4);
                    if (decoded < count)
                        throw Damaged($"is cut off or damaged: {y + Math.Max(decoded, 0)} of {info.Height} rows can be read");
                    copy.Rows(rows, y, count, destination);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(strip);
        }
    }

    private void DecodeWhole(SKImageInfo info, UprightCopy copy, byte[] destination)
    {
        // Skia falls back to a smaller picture where the largest of an icon is cut off.
        if (_format == ImageFormat.Ico && !IconDirectory.IsComplete(_bytes.Span))
            throw Damaged("is cut off or damaged: its directory lists pictures outside the file");
        // Zeroed memory takes no room until it is written: a file that lies about its size costs little.
        byte* decoded = (byte*)NativeMemory.AllocZeroed((nuint)info.Width * (nuint)info.Height, 4);
        try
        {
            SKCodecResult result = _codec!.GetPixels(info, (nint)decoded, info.Width * 4, new SKCodecOptions(SKZeroInitialized.Yes));
            if (result != SKCodecResult.Success)
                throw Damaged(result == SKCodecResult.IncompleteInput ? "is cut off: pixels are missing" : $"is damaged ({result})");
            copy.Rows(decoded, 0, info.Height, destination);
        }
        finally
        {
            NativeMemory.Free(decoded);
        }
    }

    private MalformedInputException Damaged(string problem) => new(_source, $"the {FormatName} file {problem}", Replace);

    private MalformedInputException TooLarge(string problem, string option)
        => new(_source, "the image has " + problem, $"Make it smaller, or raise ImageDecoderOptions.{option} if the file can be trusted.");
}
