using System.IO.Enumeration;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>The pictures of a folder, in ordinal order of their paths.</summary>
internal sealed class ImageFolderSource(string path, ImageFolderOptions options) : RowSource<string>(path, options)
{
    public override IReadOnlyList<RowColumn<string>> Columns { get; } =
    [
        RowColumn<string>.Text(VisionLanguageColumns.Id, file => System.IO.Path.GetRelativePath(path, file).Replace('\\', '/')),
        RowColumn<string>.Text(VisionLanguageColumns.Image, file => file),
        RowColumn<string>.Text(VisionLanguageColumns.ImagePath, file => file),
    ];

    public override IEnumerable<string> Read(RowReading reading)
    {
        string[] files = [.. new FileSystemEnumerable<string>(Path, (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(), new EnumerationOptions { RecurseSubdirectories = options.Recursive })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && HasExtension(entry.FileName),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        }];
        if (files.Length == 0)
            throw new MalformedInputException(Path, "the folder has no pictures", $"Names of pictures end in {string.Join(", ", options.Extensions)}.");
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private bool HasExtension(ReadOnlySpan<char> name)
    {
        foreach (string extension in options.Extensions)
        {
            if (name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}
