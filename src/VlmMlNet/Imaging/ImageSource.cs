using System.Runtime.InteropServices;
using System.Security.Cryptography;
using VlmMlNet.Imaging.Decoding;

namespace VlmMlNet.Imaging;

/// <summary>Where a picture comes from: a file, bytes, a stream or pixels, or what a frozen image encoder has made of it. It is decoded when
/// its batch is made, not when its row is read.</summary>
public sealed class ImageSource
{
    private readonly string? _path;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly RgbImage? _image;
    private readonly long? _row;

    private ImageSource(string name, string? path, ReadOnlyMemory<byte> bytes, RgbImage? image, long? row) =>
        (Name, _path, _bytes, _image, _row) = (name, path, bytes, image, row);

    private ImageSource(string name, PictureForm form, ReadOnlyMemory<float> features) => (Name, Form, Features) = (name, form, features);

    /// <summary>The path, or how errors name the bytes.</summary>
    public string Name { get; }

    /// <summary>Whether <see cref="Name"/> is the path of its file.</summary>
    internal bool IsFile => _path is not null;

    /// <summary>Bytes held in memory, for the shuffle's bound.</summary>
    internal long HeldBytes => _bytes.Length + (_image?.Pixels.Length ?? 0) + sizeof(float) * (long)Features.Length;

    /// <summary>How it is changed when it is processed, and the seed that decides it.</summary>
    private (ImageAugmentation How, int Seed)? Augmentation { get; init; }

    /// <summary>What is given of the picture.</summary>
    internal PictureForm Form { get; }

    /// <summary>[patches, width], where features are given.</summary>
    internal ReadOnlyMemory<float> Features { get; }

    /// <summary>A picture in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="row">The row of the data set that it belongs to, for errors; null for none.</param>
    public static ImageSource FromFile(string path, long? row = null) => new(path, path, default, null, row);

    /// <summary>An encoded picture (png, jpeg, ...) in memory.</summary>
    /// <param name="bytes">The file's content; not copied.</param>
    /// <param name="name">How errors name it.</param>
    /// <param name="row">As for a file.</param>
    public static ImageSource FromBytes(ReadOnlyMemory<byte> bytes, string name, long? row = null) => new(name, null, bytes, null, row);

    /// <summary>An encoded picture in a stream, which is read to its end at once, and stays open.</summary>
    /// <param name="stream">A readable stream.</param>
    /// <param name="name">How errors name it.</param>
    /// <param name="row">As for a file.</param>
    /// <exception cref="MalformedInputException">It holds more bytes than <see cref="ImageDecoderOptions.MaxBytes"/> allows.</exception>
    public static ImageSource FromStream(Stream stream, string name, long? row = null)
    {
        using EncodedBytes bytes = EncodedBytes.FromStream(stream, name, ImageDecoderOptions.Default.MaxBytes);
        return FromBytes(bytes.Memory.ToArray(), name, row);
    }

    /// <summary>A decoded picture.</summary>
    /// <param name="image">The pixels.</param>
    /// <param name="name">How errors name it.</param>
    public static ImageSource FromImage(RgbImage image, string name) => new(name, null, default, image, null);

    /// <summary>What a frozen image encoder has made of a picture: it is not run again.</summary>
    /// <param name="patches">[patches, encoder width].</param>
    /// <param name="name">How errors name the picture.</param>
    public static ImageSource FromPatches(ReadOnlyMemory<float> patches, string name) => new(name, PictureForm.Patches, patches);

    /// <summary>What a frozen image encoder and a frozen projector have made of a picture: they are not run again.</summary>
    /// <param name="visualTokens">[patches, language width].</param>
    /// <param name="name">How errors name the picture.</param>
    public static ImageSource FromVisualTokens(ReadOnlyMemory<float> visualTokens, string name) => new(name, PictureForm.VisualTokens, visualTokens);

    /// <summary>The same picture, changed when it is processed.</summary>
    /// <param name="augmentation">How.</param>
    /// <param name="seed">Decides the change.</param>
    internal ImageSource With(ImageAugmentation augmentation, int seed) => new(Name, _path, _bytes, _image, _row) { Augmentation = (augmentation, seed) };

    /// <summary>The pixels.</summary>
    /// <exception cref="MalformedInputException">The picture cannot be decoded.</exception>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="InvalidOperationException">Features are given instead of a picture.</exception>
    public RgbImage Decode()
    {
        if (Form != PictureForm.Pixels)
            throw new InvalidOperationException($"{Name}: its features are given, not the picture.");
        try
        {
            return _image ?? (_path is not null ? ImageDecoder.Decode(_path) : ImageDecoder.Decode(_bytes, Name));
        }
        catch (Exception e) when (AtRow(e) is { } named)
        {
            throw named;
        }
    }

    /// <summary>Decodes, resizes and normalises the picture, without holding its pixels.</summary>
    /// <inheritdoc cref="Decode" path="/exception"/>
    internal void Process(ImageProcessor processor, Span<float> destination)
    {
        if (Augmentation is var (how, seed))
        {
            var config = processor.Config;
            processor.Process(how.Apply(Decode(), config.Width, config.Height, config.Resample, new Random(seed)), destination);
            return;
        }
        if (_image is not null || Form != PictureForm.Pixels)
        {
            processor.Process(Decode(), destination);
            return;
        }
        try
        {
            if (_path is not null)
                processor.Process(_path, destination);
            else
                processor.Process(_bytes, Name, destination);
        }
        catch (Exception e) when (AtRow(e) is { } named)
        {
            throw named;
        }
    }

    /// <summary>The SHA-256 of the encoded picture's bytes, or of a decoded one's size and pixels.</summary>
    /// <inheritdoc cref="Decode" path="/exception"/>
    internal byte[] Digest()
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (_image is not null)
        {
            sha.AppendData(MemoryMarshal.AsBytes<int>([_image.Width, _image.Height]));
            sha.AppendData(_image.Pixels);
        }
        else if (_path is not null)
        {
            using EncodedBytes bytes = EncodedBytes.FromFile(_path, ImageDecoderOptions.Default.MaxBytes);
            sha.AppendData(bytes.Memory.Span);
        }
        else
        {
            sha.AppendData(_bytes.Span);
        }
        return sha.GetHashAndReset();
    }

    // The same error with the row that the picture belongs to; null where there is nothing to add.
    private Exception? AtRow(Exception error) => (error, _row) switch
    {
        (MalformedInputException e, { } row) => e.AtRow(row),
        (FileNotFoundException e, { } row) => new FileNotFoundException($"Row {row}: {e.Message}", e.FileName, e),
        _ => null,
    };
}
