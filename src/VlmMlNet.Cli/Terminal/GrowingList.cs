using System.Text.Encodings.Web;
using System.Text.Json;
using VlmMlNet.Files;

namespace VlmMlNet.Cli.Terminal;

/// <summary>A JSON list that is written while its elements are made, as NAME.partial, and becomes NAME when it is complete. Whatever ends
/// the work before that, what was made stays.</summary>
internal sealed class GrowingList : IDisposable
{
    private readonly string _path, _partial;
    private readonly FileStream _stream;
    private readonly Utf8JsonWriter _json;
    private int _count;
    private bool _isClosed;

    /// <summary>Begins the list, so that a place that cannot be written is found before the first second of work.</summary>
    /// <param name="option">What names the file.</param>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="isIndented">Whether it is for people to read.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public GrowingList(string option, string path, bool isIndented)
    {
        _path = Path.GetFullPath(path);
        if (Directory.Exists(_path))
            throw new IOException($"{_path} is a folder. Give {option} the name of a file.");
        using (new PendingFile(_path))
            _partial = _path + ".partial";
        try
        {
            _stream = new FileStream(_partial, FileMode.Create, FileAccess.Write, FileShare.Read);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{_partial}, where {option} is written until it is complete, cannot be written: {e.Message}", e);
        }
        _json = new Utf8JsonWriter(_stream, new JsonWriterOptions { Indented = isIndented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        _json.WriteStartArray();
    }

    /// <summary>Adds an element, which is in the file when this returns.</summary>
    public void Add(Action<Utf8JsonWriter> write)
    {
        write(_json);
        _json.Flush();
        _count++;
    }

    /// <summary>Gives the list its name, over what had it.</summary>
    public void Complete()
    {
        Close();
        File.Move(_partial, ResolvedPath.Of(_path), overwrite: true);
        _count = 0;
    }

    /// <summary>Says where a list is that was not completed.</summary>
    public void Report(Shell shell)
    {
        if (_count > 0)
            shell.Error.WriteLine($"{_count} answer{(_count == 1 ? " is" : "s are")} kept in {_partial}");
    }

    /// <summary>Closes the list, so that what was made can be read.</summary>
    public void Dispose()
    {
        if (_isClosed)
            return;
        Close();
        if (_count == 0)
            File.Delete(_partial);
    }

    private void Close()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        _json.WriteEndArray();
        _json.Dispose();
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
    }
}
