namespace VlmMlNet.Data.Scenes;

/// <summary>A file that appears under its name only when it is complete: it is written beside it and renamed.</summary>
internal sealed class PendingFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private bool _complete;

    public PendingFile(string path)
    {
        _path = path;
        _temporary = $"{path}.tmp-{Guid.NewGuid():n}";
        Stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
    }

    public FileStream Stream { get; }

    public void Complete()
    {
        Stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _complete = true;
    }

    public void Dispose()
    {
        if (_complete)
            return;
        Stream.Dispose();
        File.Delete(_temporary);
    }
}
