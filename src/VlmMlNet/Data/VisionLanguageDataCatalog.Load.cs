using Microsoft.ML;
using VlmMlNet.Data.Formats.ImageFolder;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data;

/// <content>Whatever a path holds.</content>
public sealed partial class VisionLanguageDataCatalog
{
    /// <inheritdoc cref="Load(string, out DataFormat, string)"/>
    public IDataView Load(string path, string? imageFolder = null) => Load(path, out _, imageFolder);

    /// <inheritdoc cref="Load(string, out DataFormat, DataLoadOptions)"/>
    /// <param name="path">A file, several with <c>*</c>, or a folder.</param>
    /// <param name="format">What was recognised.</param>
    /// <param name="imageFolder">The folder that holds the pictures; null for the format's default.</param>
    public IDataView Load(string path, out DataFormat format, string? imageFolder = null) => Load(path, out format, new DataLoadOptions { ImageFolder = imageFolder });

    /// <inheritdoc cref="LoadImageFolder(string, ImageFolderOptions)"/>
    public IDataView LoadImageFolder(string path) => LoadImageFolder(path, new ImageFolderOptions());

    /// <summary>Gives the pictures of a folder, to be captioned or encoded, in ordinal order of their paths. Columns: Id (text:
    /// the path from the folder on, with forward slashes), Image and ImagePath (text: the path).</summary>
    /// <param name="path">The folder.</param>
    /// <param name="options">Which files count.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public IDataView LoadImageFolder(string path, ImageFolderOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException($"There is no folder '{Path.GetFullPath(path)}'.");
        return new RowDataView<string>(_environment, new ImageFolderSource(path, options));
    }
}
