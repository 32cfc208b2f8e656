using Microsoft.ML.Data;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Data;
using VlmMlNet.Imaging;

namespace VlmMlNet.Cli.Commands;

/// <summary>Pictures that a command line names, and those of folders that it names. One that cannot be read costs itself: it is said
/// at the end.</summary>
/// <param name="named">The pictures and folders.</param>
internal sealed class PictureFiles(IReadOnlyList<string> named)
{
    private const int Shown = 100;
    private readonly List<string> _problems = [];
    private int _read, _failed;

    /// <summary>Whether answers have to say which picture they are about.</summary>
    public bool AreSeveral { get; } = named.Count > 1 || named.Any(Directory.Exists);

    /// <summary>Whether one of them could not be read.</summary>
    public bool HaveFailed => _failed > 0;

    /// <summary>Checks that at least one of them is there, before the model is loaded, which takes longer.</summary>
    /// <exception cref="FileNotFoundException">None is.</exception>
    public void CheckExist()
    {
        if (!named.Any(Path.Exists))
            throw new FileNotFoundException($"{Missing(named[0])}{(AreSeveral ? $" None of the {named.Count} that are named is there." : "")}", named[0]);
    }

    /// <summary>Reads them one after another.</summary>
    /// <param name="data">Lists folders.</param>
    public IEnumerable<(string Path, RgbImage Picture)> Read(VisionLanguageDataCatalog data)
    {
        foreach (string path in named.SelectMany(name => List(name, data)))
        {
            if (Decode(path) is { } picture)
                yield return (path, picture);
        }
    }

    /// <summary>Says which could not be read.</summary>
    public void Report(Shell shell)
    {
        if (_failed == 0)
            return;
        if (!AreSeveral)
        {
            shell.WriteError(_problems[0]);
            return;
        }
        shell.WriteError($"{_failed} of {_read + _failed} pictures could not be read{(_failed > Shown ? $", the first {Shown}" : "")}:");
        foreach (string problem in _problems)
            shell.Error.WriteLine($"  {Shell.OneLine(problem)}");
    }

    private IEnumerable<string> List(string name, VisionLanguageDataCatalog data)
    {
        if (!Directory.Exists(name))
            return [name];
        try
        {
            return [.. data.LoadImageFolder(name).GetColumn<string>(VisionLanguageColumns.ImagePath)];
        }
        catch (Exception e) when (IsOfTheFile(e))
        {
            Fail(e.Message);
            return [];
        }
    }

    private RgbImage? Decode(string path)
    {
        try
        {
            var picture = File.Exists(path) ? ImageDecoder.Decode(path) : throw new FileNotFoundException(Missing(path), path);
            _read++;
            return picture;
        }
        catch (Exception e) when (IsOfTheFile(e))
        {
            Fail(ErrorText.Of(e));
            return null;
        }
    }

    private void Fail(string problem)
    {
        if (++_failed <= Shown)
            _problems.Add(problem);
    }

    private static string Missing(string path) => $"There is no picture {Path.GetFullPath(path)}.";

    private static bool IsOfTheFile(Exception e) => e is MalformedInputException or IOException or UnauthorizedAccessException;
}
