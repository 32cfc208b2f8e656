using System.IO.Enumeration;
using VlmMlNet.Files;
using VlmMlNet.Safetensors;

namespace VlmMlNet.Data.Rows;

/// <summary>Finds and opens the files that the readers read.</summary>
internal static class DataFile
{
    private static readonly char[] s_separators = [System.IO.Path.DirectorySeparatorChar, System.IO.Path.AltDirectorySeparatorChar];

    /// <summary>Throws where there is no such file.</summary>
    /// <exception cref="FileNotFoundException">The message has the full path.</exception>
    /// <exception cref="MalformedInputException">It is a pipe or a device.</exception>
    public static void CheckExists(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path))
        {
            RegularFile.Check(path);
            return;
        }
        string full = System.IO.Path.GetFullPath(path);
        throw new FileNotFoundException(Directory.Exists(full)
            ? $"'{full}' is a folder, not a data file."
            : $"There is no data file '{full}'.{HubName.AdviceForData(path)}", full);
    }

    /// <summary>The files that a path stands for: itself, or all that match, in ordinal order of their paths, where a part
    /// of it has <c>*</c> or <c>?</c>. A part that is <c>**</c> stands for any folders, or none; links to folders are not
    /// followed there.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="MalformedInputException">One is a pipe or a device.</exception>
    public static IReadOnlyList<string> Expand(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!IsPattern(path) || File.Exists(path))
        {
            CheckExists(path);
            return [path];
        }
        string[] parts = path.Split(s_separators);
        int fixedParts = Array.FindIndex(parts, IsPattern);
        string[] files = [.. Match(path[..parts.Take(fixedParts).Sum(p => p.Length + 1)], parts[fixedParts..]).Distinct()];
        if (files.Length == 0)
            throw new FileNotFoundException($"No data file matches '{System.IO.Path.GetFullPath(path)}'.", path);
        Array.ForEach(files, RegularFile.Check);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private static bool IsPattern(string path) => path.AsSpan().IndexOfAny('*', '?') >= 0;

    private static IEnumerable<string> Match(string folder, string[] parts)
    {
        string name = parts[0];
        if (folder.Length > 0 && !Directory.Exists(folder))
            return [];
        if (parts.Length == 1)
            return Find(folder, name == "**" ? "*" : name, folders: false).Select(file => folder + file);
        string[] rest = parts[1..];
        if (!IsPattern(name))
            return Match(folder + name + System.IO.Path.DirectorySeparatorChar, rest);
        IEnumerable<string> below = Find(folder, name == "**" ? "*" : name, folders: true, withLinks: name != "**").Select(f => folder + f + System.IO.Path.DirectorySeparatorChar);
        return name != "**" ? below.SelectMany(f => Match(f, rest)) : Match(folder, rest).Concat(below.SelectMany(f => Match(f, parts)));
    }

    private static FileSystemEnumerable<string> Find(string folder, string pattern, bool folders, bool withLinks = true) =>
        new(folder.Length == 0 ? "." : folder, (ref FileSystemEntry entry) => entry.FileName.ToString())
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => entry.IsDirectory == folders && FileSystemName.MatchesSimpleExpression(pattern, entry.FileName, ignoreCase: false)
                && (withLinks || (entry.Attributes & FileAttributes.ReparsePoint) == 0),
        };

    /// <summary>Opens for one pass from front to back; the caller buffers.</summary>
    public static FileStream OpenSequential(string path)
    {
        CheckExists(path);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
    }
}
