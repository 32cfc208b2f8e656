namespace VlmMlNet.Data.Rows;

/// <summary>Turns the image names of a data file into paths.</summary>
internal sealed class ImagePaths
{
    private readonly string _folder;

    /// <param name="dataFile">The file that names the images.</param>
    /// <param name="imageFolder">Where relative names start; null for the data file's own folder.</param>
    public ImagePaths(string dataFile, string? imageFolder)
    {
        _folder = imageFolder ?? System.IO.Path.GetDirectoryName(dataFile) ?? "";
    }

    /// <summary>A folder beside the data file, where it is there; null otherwise.</summary>
    public static string? Beside(string dataFile, string folder)
    {
        string path = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(dataFile) ?? "", folder);
        return Directory.Exists(path) ? path : null;
    }

    /// <summary>The path of an image: rooted names and addresses (scheme://) stay as they are.</summary>
    public string Resolve(string name) =>
        name.Length == 0 || name.Contains("://", StringComparison.Ordinal) ? name : System.IO.Path.Combine(_folder, name);
}
