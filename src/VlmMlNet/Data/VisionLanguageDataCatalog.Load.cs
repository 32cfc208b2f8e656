using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Data.Formats;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data;

/// <content>Whatever a path holds.</content>
public sealed partial class VisionLanguageDataCatalog
{
    /// <inheritdoc cref="Load(string, out DataFormat, string)"/>
    public IDataView Load(string path, string? imageFolder = null) => Load(path, out _, imageFolder);

    /// <summary>Recognises the format by the content, says in <c>MLContext.Log</c> which it is, and reads the data with the
    /// defaults of that format's own method. A folder is read as parquet where it holds <c>*.parquet</c> files, and as
    /// pictures otherwise. Of VQAv2 one file suffices where the other lies beside it under its published name.</summary>
    /// <param name="path">A file, several with <c>*</c>, or a folder.</param>
    /// <param name="format">What was recognised.</param>
    /// <param name="imageFolder">The folder that holds the pictures; null for the format's default.</param>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="MalformedInputException">The format is not recognised.</exception>
    public IDataView Load(string path, out DataFormat format, string? imageFolder = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path) && Directory.EnumerateFiles(path, "*.parquet").Any())
            path = Path.Combine(path, "*.parquet");
        format = FormatRecognizer.Recognize(Directory.Exists(path) ? path : DataFile.Expand(path)[0]);
        IHost host = _environment.Register("VlmMlNet.Data");
        using (IChannel channel = host.Start("Recognising"))
            channel.Info($"{path}: recognised as {format}.");
        return format switch
        {
            DataFormat.LlavaJson or DataFormat.LlavaParquet => LoadLlava(path, imageFolder),
            DataFormat.CocoCaptions => LoadCocoCaptions(path, imageFolder),
            DataFormat.Karpathy => LoadKarpathy(path, imageFolder),
            DataFormat.CaptionParquet => LoadCaptionParquet(path),
            DataFormat.Flickr30kTokens => LoadFlickr30kTokens(path, imageFolder),
            DataFormat.CaptionCsv => LoadCaptionCsv(path, imageFolder),
            DataFormat.VqaParquet => LoadVqaParquet(path),
            DataFormat.VqaRad => LoadVqaRad(path, new VqaRadOptions { ImageFolder = imageFolder }),
            DataFormat.Slake => LoadSlake(path, new SlakeOptions { ImageFolder = imageFolder }),
            DataFormat.VqaV2 => LoadVqaV2Pair(path, new VqaV2Options { ImageFolder = imageFolder }),
            DataFormat.Recipe => LoadRecipe(path, imageFolder),
            DataFormat.ImageFolder => LoadImageFolder(path),
            _ => throw new InvalidOperationException($"No reader of {format}."),
        };
    }

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

    /// <summary>Either file of VQAv2's pair, with the other one if it lies beside it.</summary>
    private IDataView LoadVqaV2Pair(string path, VqaV2Options options)
    {
        string folder = Path.GetDirectoryName(path) ?? "", name = Path.GetFileName(path);
        Match questions = Regex.Match(name, "^v2_OpenEnded_mscoco_(?<part>.+)_questions\\.json$");
        if (questions.Success)
        {
            string beside = Path.Combine(folder, $"v2_mscoco_{questions.Groups["part"].Value}_annotations.json");
            return LoadVqaV2(path, File.Exists(beside) ? beside : null, options);
        }
        Match annotations = Regex.Match(name, "^v2_mscoco_(?<part>.+)_annotations\\.json$");
        if (annotations.Success)
            return LoadVqaV2(Path.Combine(folder, $"v2_OpenEnded_mscoco_{annotations.Groups["part"].Value}_questions.json"), path, options);
        return LoadVqaV2(path, null, options);
    }
}
