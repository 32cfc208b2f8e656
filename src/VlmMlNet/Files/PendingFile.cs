namespace VlmMlNet.Files;

/// <summary>A file that is written beside its final place and moved there when it is complete. Whatever fails, what was written
/// is removed and an old file stays.</summary>
internal sealed class PendingFile : IDisposable
{
    private const int BufferSize = 64 * 1024; // larger pieces pass it by
    private readonly string _path;
    private readonly string _temporary;
    private readonly long _length;
    private bool _done;

    /// <summary>Starts a file beside <paramref name="path"/>.</summary>
    /// <param name="path">Where it appears when it is committed.</param>
    /// <param name="length">Its length where that is known: asking for all the space first turns a full disk into an error now
    /// instead of after gigabytes. Default 0.</param>
    /// <exception cref="DirectoryNotFoundException">Its folder does not exist.</exception>
    /// <exception cref="IOException">It cannot be written there.</exception>
    public PendingFile(string path, long length = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        (_path, _length) = (Path.GetFullPath(path), length);
        if (!Directory.Exists(Path.GetDirectoryName(_path)))
            throw new DirectoryNotFoundException($"There is no folder {Path.GetDirectoryName(_path)} to write {Path.GetFileName(_path)} to.");
        _temporary = $"{_path}.tmp-{Path.GetRandomFileName()}";
        try
        {
            Stream = new FileStream(_temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = BufferSize, PreallocationSize = length });
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            throw Explain(e);
        }
    }

    /// <summary>The content, which can be read again.</summary>
    public FileStream Stream { get; }

    /// <summary>Writes a whole file.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="content">All of it.</param>
    public static void Write(string path, ReadOnlyMemory<byte> content) => Write(path, content.Length, stream => stream.Write(content.Span));

    /// <summary>Writes a whole file.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="length">Its length; 0 where that is not known.</param>
    /// <param name="write">Writes the content.</param>
    public static void Write(string path, long length, Action<Stream> write)
    {
        using var file = new PendingFile(path, length);
        try
        {
            write(file.Stream);
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            throw file.Explain(e);
        }
        file.Commit();
    }

    /// <summary>Closes the file and moves it into place, over what was there.</summary>
    public void Commit()
    {
        try
        {
            Stream.Dispose();
            File.Move(_temporary, _path, overwrite: true);
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            throw Explain(e);
        }
        _done = true;
    }

    /// <summary>Removes the file unless it was committed.</summary>
    public void Dispose()
    {
        try
        {
            Stream.Dispose();
        }
        finally
        {
            if (!_done)
                File.Delete(_temporary);
            _done = true;
        }
    }

    private static bool IsOfTheDisk(Exception e) => e is IOException or UnauthorizedAccessException;

    private IOException Explain(Exception e) =>
        new($"{_path}: {(_length > 0 ? $"{_length} bytes" : "it")} could not be written: {e.Message.Replace(_temporary, _path, StringComparison.Ordinal)}", e);
}
