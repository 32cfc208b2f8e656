namespace VlmMlNet.Data;

/// <summary>Opens the files that the readers read.</summary>
internal static class DataFile
{
    /// <summary>Throws where there is no such file.</summary>
    /// <exception cref="FileNotFoundException">The message has the full path.</exception>
    public static void CheckExists(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path))
            return;
        string full = System.IO.Path.GetFullPath(path);
        throw new FileNotFoundException(Directory.Exists(full)
            ? $"'{full}' is a folder, not a data file."
            : $"There is no data file '{full}'.", full);
    }

    /// <summary>Opens for one pass from front to back; the caller buffers.</summary>
    public static FileStream OpenSequential(string path)
    {
        CheckExists(path);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
    }
}
