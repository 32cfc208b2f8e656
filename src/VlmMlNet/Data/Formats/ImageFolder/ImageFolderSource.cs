using System.IO.Enumeration;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.ImageFolder;

/// <summary>The pictures of a folder, in ordinal order of their paths.</summary>
internal sealed class ImageFolderSource(string path, ImageFolderOptions options) : RowSource<string>(path, options)
{
    public override IReadOnlyList<RowColumn<string>> Columns { get; } =
    [
        RowColumn<string>.Text(VisionLanguageColumns.Id, file => System.IO.Path.GetRelativePath(path, file).Replace('\\', '/')),
        RowColumn<string>.Text(VisionLanguageColumns.Image, file => file),
        RowColumn<string>.Text(VisionLanguageColumns.ImagePath, file => file),
    ];

    public override IEnumerable<string> Read(RowReading reading) => Find(Path, options);

    /// <summary>The paths of a folder's pictures.</summary>
    /// <exception cref="MalformedInputException">There are none.</exception>
    public static IReadOnlyList<string> Find(string folder, ImageFolderOptions options)
    {
        string[] files = [.. new FileSystemEnumerable<string>(folder, (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(), new EnumerationOptions { RecurseSubdirectories = options.Recursive })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && HasExtension(entry.FileName, options.Extensions),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        }];
        if (files.Length == 0 && Foreign(folder) is { } foreign)
            throw new MalformedInputException(folder, $"the folder has no pictures; '{System.IO.Path.GetRelativePath(folder, foreign.File)}' in it is {ForeignFile.Problem((foreign.Name, foreign.Remedy))}", foreign.Remedy);
        if (files.Length == 0)
            throw new MalformedInputException(folder, "the folder has no pictures", $"Names of pictures end in {string.Join(", ", options.Extensions)}.");
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    // What the folder holds instead, by the first of its files.
    private static (string File, string Name, string Remedy)? Foreign(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden }).Take(100).Order(StringComparer.Ordinal))
        {
            if (ForeignFile.Find(file) is { } found)
                return (file, found.Name, found.Remedy);
        }
        return null;
    }

    private static bool HasExtension(ReadOnlySpan<char> name, IReadOnlyList<string> extensions)
    {
        foreach (string extension in extensions)
        {
            if (name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}
