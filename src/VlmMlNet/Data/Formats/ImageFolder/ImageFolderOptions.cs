namespace VlmMlNet.Data.Formats.ImageFolder;

/// <summary>Options of <see cref="VisionLanguageDataCatalog.LoadImageFolder(string, ImageFolderOptions)"/>.</summary>
public sealed class ImageFolderOptions : DataReaderOptions
{
    /// <summary>Whether pictures in folders below count. Default: true. Links to folders are not followed.</summary>
    public bool Recursive { get; set; } = true;

    /// <summary>Which files are pictures, by the end of their names, in any case. Default: .jpg .jpeg .png .webp .gif .bmp.</summary>
    public IReadOnlyList<string> Extensions { get; set; } = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"];
}
