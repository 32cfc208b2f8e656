namespace VlmMlNet.Files;

/// <summary>A file that is written beside its final place and moved there when it is complete. Whatever fails, what was written
/// is removed and an old file stays. A symbolic link stays one: the file behind it is replaced.</summary>
internal sealed class PendingFile : IDisposable
{
    private const int BufferSize = 64 * 1024; // larger pieces pass it by
    private const int Busy = 16; // EBUSY
    private readonly string _path;
    private readonly string _target;
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
        (_path, _target, _length) = (Path.GetFullPath(path), ResolvedPath.Of(path), length);
        if (!Directory.Exists(Path.GetDirectoryName(_target)))
            throw new DirectoryNotFoundException($"There is no folder {Path.GetDirectoryName(_target)} to write {Path.GetFileName(_target)} to.");
        // Moved over a device or a pipe, a file would take its place.
        if (Directory.Exists(_target))
            throw new IOException($"{_path}{(length > 0 ? $": {length} bytes" : ": it")} could not be written: it is a folder.");
        if (RegularFile.KindOf(_path) is { } kind)
            throw new IOException($"{_path} is {kind}, not a regular file: it cannot be replaced. Give the name of a file.");
        _temporary = $"{_target}.tmp-{Path.GetRandomFileName()}";
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

    /// <summary>Removes what processes left that were killed while they wrote a file. No process may be writing it.</summary>
    /// <param name="path">The file; its folder may be absent.</param>
    public static void RemoveLeftovers(string path)
    {
        path = ResolvedPath.Of(path);
        if (!Directory.Exists(Path.GetDirectoryName(path)))
            return;
        foreach (string left in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, $"{Path.GetFileName(path)}.tmp-*"))
            File.Delete(left);
    }

    /// <summary>Closes the file and moves it into place, over what was there.</summary>
    public void Commit()
    {
        try
        {
            if (File.Exists(_target))
                Stream.Flush(flushToDisk: true);
            Stream.Dispose();
            Replace();
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

    private void Replace()
    {
        try
        {
            File.Move(_temporary, _target, overwrite: true);
        }
        catch (IOException e) when (e.HResult == Busy && File.Exists(_target))
        {
            // Mounted by itself, as container engines do: its content can be replaced, its name cannot.
            using (FileStream from = File.OpenRead(_temporary), to = new(_target, FileMode.Truncate, FileAccess.Write))
            {
                from.CopyTo(to);
                to.Flush(flushToDisk: true);
            }
            File.Delete(_temporary);
        }
    }

    private static bool IsOfTheDisk(Exception e) => e is IOException or UnauthorizedAccessException;

    private IOException Explain(Exception e) =>
        new($"{_path}: {(_length > 0 ? $"{_length} bytes" : "it")} could not be written: {e.Message.Replace(_temporary, _path, StringComparison.Ordinal)}", e);
}
