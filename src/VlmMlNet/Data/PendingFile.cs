namespace VlmMlNet.Data;

/// <summary>A file that is written beside its final place and moved there when it is complete; removed if it never is.</summary>
internal sealed class PendingFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private bool _done;

    public PendingFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = System.IO.Path.GetFullPath(path);
        _temporary = $"{_path}.tmp-{System.IO.Path.GetRandomFileName()}";
        Stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 * 1024);
    }

    public FileStream Stream { get; }

    /// <summary>Closes the file and moves it into place, over what was there.</summary>
    public void Commit()
    {
        Stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _done = true;
    }

    /// <summary>Removes the file unless it was committed.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        if (_done)
            return;
        _done = true;
        File.Delete(_temporary);
    }
}
