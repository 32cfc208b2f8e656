namespace VlmMlNet.Files;

/// <summary>A folder that is held for writing: it exists, can be written, and no other process writes into it until it is
/// disposed. The system lets go of it when the process ends, however it ends.</summary>
internal sealed class OutputFolder : IDisposable
{
    private const string LockName = ".vlm-lock";
    private const int MostTries = 100;
    private static readonly int[] s_taken = [11, 35, unchecked((int)0x80070020)]; // EWOULDBLOCK of Linux and macOS, ERROR_SHARING_VIOLATION
    private readonly FileStream _lock;
    private readonly bool _isNew;

    private OutputFolder(string name, string path, FileStream held, bool isNew) => (Name, FullPath, _lock, _isNew) = (name, path, held, isNew);

    /// <summary>The folder as it was named, as a full path.</summary>
    public string Name { get; }

    /// <summary>The folder without symbolic links on the way: what is written there leaves them as they are.</summary>
    public string FullPath { get; }

    /// <summary>Whether it holds nothing of anybody's. What a new disk holds by itself does not count.</summary>
    public bool IsEmpty => Entries.Count == 0;

    /// <summary>The names of what it holds.</summary>
    public IReadOnlyList<string> Entries =>
        [.. Directory.EnumerateFileSystemEntries(FullPath).Select(entry => Path.GetFileName(entry)!).Where(name => name is not (LockName or "lost+found"))];

    /// <summary>Makes a folder with its parents where it does not exist, takes hold of it, and completes what a process that was
    /// killed while it saved had left there.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">It is a file, cannot be written, or another process writes into it.</exception>
    public static OutputFolder Claim(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string name = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), path = ResolvedPath.Of(name);
        if (File.Exists(path))
            throw new IOException($"{name} is a file. Give the name of a folder.");
        bool isNew = !Directory.Exists(path);
        OutputFolder? claimed = null;
        try
        {
            claimed = new OutputFolder(name, path, Make(path), isNew);
            FolderReplacement.Recover(claimed);
            return claimed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            claimed?.Dispose();
            throw new IOException(s_taken.Contains(e.HResult) ? $"{name} is being written by another process. Wait until that has ended, or give another folder."
                : $"{name} cannot be written: {e.Message.TrimEnd('.')}. Give another folder.", e);
        }
    }

    /// <summary>Lets go of the folder. One that was made here and is still empty is removed.</summary>
    public void Dispose()
    {
        try
        {
            if (!OperatingSystem.IsWindows()) // while it is held: somebody who has opened it meanwhile cannot take it
                File.Delete(_lock.Name);
            _lock.Dispose();
            if (OperatingSystem.IsWindows())
                File.Delete(_lock.Name);
            if (_isNew && !Directory.EnumerateFileSystemEntries(FullPath).Any())
                Directory.Delete(FullPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _lock.Dispose(); // somebody has removed the folder, or was quicker: a lock that nobody holds harms nobody
        }
    }

    // Whoever made the folder before and has nothing in it may be about to remove it.
    private static FileStream Make(string folder)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                Directory.CreateDirectory(folder);
                return Lock(folder);
            }
            catch (IOException e) when (tries < MostTries && !s_taken.Contains(e.HResult))
            {
                // then it is made again
            }
        }
    }

    private static FileStream Lock(string folder)
    {
        string path = Path.Combine(folder, LockName);
        while (true)
        {
            var held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            if (FileLinks.Exist(held.SafeFileHandle, path))
                return held;
            held.Dispose(); // its last holder has removed it just now, and somebody else may hold a new one
        }
    }
}
