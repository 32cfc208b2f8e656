using System.IO.Enumeration;
using System.Text;
using VlmMlNet.Data.Formats.ImageFolder;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.CaptionFolder;

/// <summary>The pictures of a folder, each with a file of the same name beside it whose lines are its captions: <c>a.jpg</c> and
/// <c>a.txt</c> or <c>a.caption</c>.</summary>
internal sealed class CaptionFolderSource(string path, ImageFolderOptions options) : RowSource<CaptionRow>(path, options)
{
    private const int MaxTextBytes = 1024 * 1024;
    private static readonly string[] s_endings = [".txt", ".caption"];
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public override IReadOnlyList<RowColumn<CaptionRow>> Columns => CaptionRow.PathColumns;

    /// <summary>Whether some picture of a folder, or of those below, has its text beside it.</summary>
    public static bool IsIn(string folder)
    {
        string[] pictures = [.. new ImageFolderOptions().Extensions];
        var texts = new FileSystemEnumerable<string>(folder, (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(), new EnumerationOptions { RecurseSubdirectories = true })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && EndsAs(entry.FileName, s_endings),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };
        return texts.Any(text => Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(text)!, System.IO.Path.GetFileNameWithoutExtension(text) + ".*").Any(file => EndsAs(file, pictures)));
    }

    public override IEnumerable<CaptionRow> Read(RowReading reading)
    {
        IReadOnlyList<string> pictures = ImageFolderSource.Find(Path, options);
        for (int i = (int)reading.Start.Row; i < pictures.Count; i++)
        {
            string name = System.IO.Path.GetRelativePath(Path, pictures[i]).Replace('\\', '/');
            IReadOnlyList<string>? captions = null;
            try
            {
                captions = Captions(pictures[i]);
            }
            catch (RowProblemException e)
            {
                reading.BadRows.Add(Path, i, $"picture '{name}': {e.Message}", e.Remedy, isIncomplete: e.IsIncomplete);
            }
            if (captions is null)
                continue;
            reading.Note(i, i * 1024L, 0); // as if each row had a kilobyte
            reading.At(Path, i);
            yield return new CaptionRow(name, pictures[i], captions);
        }
    }

    private static List<string> Captions(string picture)
    {
        string[] files = [.. s_endings.Select(ending => System.IO.Path.ChangeExtension(picture, ending)).Where(File.Exists)];
        if (files is not [var file])
        {
            string names = string.Join(files.Length == 0 ? " or " : " and ", s_endings.Select(ending => System.IO.Path.GetFileName(System.IO.Path.ChangeExtension(picture, ending))));
            throw new RowProblemException(files.Length == 0 ? $"there is no {names} beside it" : $"there are both {names} beside it", "Each picture has one file of captions, a line each.") { IsIncomplete = files.Length == 0 };
        }
        if (new FileInfo(file).Length > MaxTextBytes)
            throw new RowProblemException($"{System.IO.Path.GetFileName(file)} is larger than {MaxTextBytes} bytes");
        try
        {
            List<string> captions = [.. s_utf8.GetString(File.ReadAllBytes(file)).TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
            return captions.Count > 0 ? captions : throw new RowProblemException($"{System.IO.Path.GetFileName(file)} is empty") { IsIncomplete = true };
        }
        catch (DecoderFallbackException)
        {
            throw new RowProblemException($"{System.IO.Path.GetFileName(file)} is not valid text: it has broken UTF-8", "Save it as UTF-8.");
        }
    }

    private static bool EndsAs(ReadOnlySpan<char> name, string[] endings)
    {
        foreach (string ending in endings)
        {
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}
