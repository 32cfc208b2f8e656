using System.Buffers;
using VlmMlNet.Files;

namespace VlmMlNet.Imaging.Decoding;

/// <summary>A file's or stream's content in rented memory. (A memory-mapped file would end the process if another one cut
/// it off meanwhile.)</summary>
internal readonly struct EncodedBytes : IDisposable
{
    private readonly byte[] _rented;
    private readonly int _length;

    private EncodedBytes(byte[] rented, int length, bool isCutOff) => (_rented, _length, IsCutOff) = (rented, length, isCutOff);

    /// <summary>The content.</summary>
    public ReadOnlyMemory<byte> Memory => _rented.AsMemory(0, _length);

    /// <summary>Whether there is more than was asked for.</summary>
    public bool IsCutOff { get; }

    /// <summary>Reads a file, or its beginning.</summary>
    public static EncodedBytes FromFile(string path, long maxBytes, int beginning = int.MaxValue)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.Contains('\0', StringComparison.Ordinal))
            throw new MalformedInputException(path.Replace("\0", "\\0", StringComparison.Ordinal), "no image file can have this name: it has a null character");
        if (Directory.Exists(path))
            throw new MalformedInputException(path, "this is a folder, not an image file", "Give the path of one image file.");
        if (!File.Exists(path) && IsAddress(path))
            throw new MalformedInputException(path.Length <= 200 ? path : path[..200] + "...", "this is an address, and pictures are not downloaded", "Download it where it is not on this machine, and give the path of the file.");
        string fullPath = Path.GetFullPath(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no image file '{fullPath}'. Check the path, or the folder that relative paths start from.", fullPath);
        RegularFile.Check(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        return FromStream(stream, path, maxBytes, beginning);
    }

    /// <summary>Reads a stream to its end, or somewhat more than the given beginning of it.</summary>
    public static EncodedBytes FromStream(Stream stream, string source, long maxBytes, int beginning = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(stream);
        maxBytes = Math.Min(maxBytes, Array.MaxLength - 1);
        long announced = stream.CanSeek ? stream.Length - stream.Position : 0;
        if (announced > maxBytes)
            throw TooLong(source, maxBytes);
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(announced + 1, 64 << 10, Math.Max(beginning, 64 << 10)));
        try
        {
            int length = 0;
            for (int read; (read = stream.Read(buffer, length, buffer.Length - length)) > 0;)
            {
                length += read;
                if (length > maxBytes)
                    throw TooLong(source, maxBytes);
                if (length >= beginning)
                    return new EncodedBytes(buffer, length, isCutOff: true);
                if (length == buffer.Length)
                {
                    byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * length, maxBytes + 1));
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
            return new EncodedBytes(buffer, length, isCutOff: false);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_rented);

    private static bool IsAddress(string path) => !Path.IsPathRooted(path) && path.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(path, UriKind.Absolute, out _);

    private static MalformedInputException TooLong(string source, long maxBytes)
        => new(source, FormattableString.Invariant($"the file has more than {maxBytes:N0} bytes"), "Raise ImageDecoderOptions.MaxBytes if it really is an image.");
}
