using VlmMlNet.Imaging;

namespace VlmMlNet.Training;

/// <summary>A picture that is decoded when its batch is made, not when its row is read.</summary>
public sealed class ImageInput
{
    private readonly string? _path;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly RgbImage? _image;

    private ImageInput(string name, string? path, ReadOnlyMemory<byte> bytes, RgbImage? image) =>
        (Name, _path, _bytes, _image) = (name, path, bytes, image);

    /// <summary>The path, or how errors name the bytes.</summary>
    public string Name { get; }

    /// <summary>Bytes held in memory, for the shuffle's bound.</summary>
    internal long HeldBytes => _bytes.Length + (_image?.Pixels.Length ?? 0);

    /// <summary>A picture in a file.</summary>
    public static ImageInput FromFile(string path) => new(path, path, default, null);

    /// <summary>An encoded picture (png, jpeg, ...) in memory.</summary>
    public static ImageInput FromBytes(ReadOnlyMemory<byte> bytes, string name) => new(name, null, bytes, null);

    /// <summary>A decoded picture.</summary>
    public static ImageInput FromImage(RgbImage image, string name) => new(name, null, default, image);

    /// <summary>The pixels.</summary>
    /// <exception cref="MalformedInputException">The picture cannot be decoded.</exception>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    public RgbImage Decode() => _image ?? (_path is not null ? ImageDecoder.Decode(_path) : ImageDecoder.Decode(_bytes, Name));
}
