using System.Collections.Concurrent;
using VlmMlNet.Files;

namespace VlmMlNet.Data.Rows;

/// <summary>Turns the image names of a data file into paths. A data file comes from anywhere, so that what it names lies in the
/// folder of its pictures, unless that is not asked for.</summary>
internal sealed class ImagePaths
{
    /// <summary>The longest path of a picture.</summary>
    public const int MaxLength = 4096;

    private static readonly StringComparison s_comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>What can be done about pictures that are written as text.</summary>
    public const string Embedded = "Pictures are read as paths of files, and in parquet as the bytes of encoded pictures; base64 is not: decode it into files, or into a column of bytes.";

    private readonly string _folder;
    private readonly string? _fallback;
    private readonly bool _allowsOutside;
    private readonly Lazy<string> _resolvedFolder;
    private readonly ConcurrentDictionary<string, string> _resolved = new();   // of folders within it

    /// <param name="dataFile">The file that names the images.</param>
    /// <param name="imageFolder">Where relative names start; null for the data file's own folder and, for pictures that are not
    /// there, the folder <c>images</c> in it.</param>
    /// <param name="options">Whether images may lie elsewhere.</param>
    public ImagePaths(string dataFile, string? imageFolder, DataReaderOptions options)
    {
        _folder = imageFolder ?? System.IO.Path.GetDirectoryName(dataFile) ?? "";
        _fallback = imageFolder is null ? Beside(dataFile, "images") : null;
        _allowsOutside = options.AllowOutsideImages;
        _resolvedFolder = new Lazy<string>(() => ResolvedPath.Of(Rooted(_folder)));
    }

    /// <summary>A folder beside the data file, where it is there; null otherwise.</summary>
    public static string? Beside(string dataFile, string folder)
    {
        string path = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(dataFile) ?? "", folder);
        return Directory.Exists(path) ? path : null;
    }

    /// <summary>The path of an image: addresses (scheme://) stay as they are, and rooted names where they are allowed.</summary>
    /// <exception cref="RowProblemException">It is no path, lies outside of the folder, or a link on its way leads out.</exception>
    public string Resolve(string name)
    {
        if (IsDataUri(name))
            throw new RowProblemException($"the picture is a data: URI of {name.Length} characters ('{name[..Math.Min(name.Length, 24)]}...'), which is not read", Embedded);
        if (name.Length > MaxLength)
            throw new RowProblemException($"the picture is a text of {name.Length} characters ('{name[..24]}...'), which is no path", Embedded);
        string path = Join(name);
        if (_allowsOutside || path.Length == 0 || IsAddress(name) || name.Contains('\0', StringComparison.Ordinal))
            return path;
        string full = System.IO.Path.GetFullPath(path);
        if (!IsWithin(full, Rooted(_folder)))
            throw Outside(name, "lies outside of");
        try
        {
            if (!IsWithin(Resolved(full), _resolvedFolder.Value))
                throw Outside(name, "leads by a link out of");
        }
        catch (IOException)
        {
            throw Outside(name, "leads by links in a circle within");
        }
        return path;
    }

    /// <summary>The path of an image that the user's own code has named.</summary>
    public string Join(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || IsAddress(name))
            return name.Trim();
        string path = System.IO.Path.Combine(_folder, name);
        return _fallback is not null && !System.IO.Path.IsPathRooted(name) && !File.Exists(path) && System.IO.Path.Combine(_fallback, name) is var other && File.Exists(other) ? other : path;
    }

    // Of the file itself it is asked each time whether it is a link, of its folder once.
    private string Resolved(string full)
    {
        string folder = System.IO.Path.GetDirectoryName(full) ?? full;
        return new FileInfo(full).LinkTarget is not null ? ResolvedPath.Of(full)
            : System.IO.Path.Combine(_resolved.GetOrAdd(folder, ResolvedPath.Of), System.IO.Path.GetFileName(full));
    }

    private RowProblemException Outside(string name, string how) => new($"the picture '{(name.Length <= 200 ? name : name[..200] + "...")}' {how} the image folder '{(_folder.Length == 0 ? "." : _folder)}'",
        "DataReaderOptions.AllowOutsideImages reads pictures elsewhere, for data that you trust.");

    private static string Rooted(string folder) => System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(folder.Length == 0 ? "." : folder));

    private static bool IsWithin(string path, string folder) =>
        path.StartsWith(folder, s_comparison) && (path.Length == folder.Length || System.IO.Path.EndsInDirectorySeparator(folder) || path[folder.Length] == System.IO.Path.DirectorySeparatorChar);

    /// <summary>Whether a name is the picture itself, as web pages embed it.</summary>
    public static bool IsDataUri(string name) => name.AsSpan().TrimStart().StartsWith("data:", StringComparison.OrdinalIgnoreCase);

    private static bool IsAddress(string name) => name.Contains("://", StringComparison.Ordinal);
}
