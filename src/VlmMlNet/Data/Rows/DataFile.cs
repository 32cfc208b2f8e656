using System.IO.Enumeration;

namespace VlmMlNet.Data.Rows;

/// <summary>Finds and opens the files that the readers read.</summary>
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

    /// <summary>The files that a path stands for: itself, or, where its last part has <c>*</c> or <c>?</c>, all files that
    /// match, in ordinal order of their names.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static IReadOnlyList<string> Expand(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string pattern = System.IO.Path.GetFileName(path);
        if (pattern.AsSpan().IndexOfAny('*', '?') < 0 || File.Exists(path))
        {
            CheckExists(path);
            return [path];
        }
        string folder = System.IO.Path.GetDirectoryName(path) is { Length: > 0 } named ? named : ".";
        string[] files = !Directory.Exists(folder) ? [] :
            [.. new FileSystemEnumerable<string>(folder, (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath())
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && FileSystemName.MatchesSimpleExpression(pattern, entry.FileName, ignoreCase: false),
            }];
        if (files.Length == 0)
            throw new FileNotFoundException($"No data file matches '{System.IO.Path.GetFullPath(path)}'.", path);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    /// <summary>Opens for one pass from front to back; the caller buffers.</summary>
    public static FileStream OpenSequential(string path)
    {
        CheckExists(path);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
    }
}
