using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Data.Formats;
using VlmMlNet.Data.Formats.CaptionCsv;
using VlmMlNet.Data.Formats.CaptionFolder;
using VlmMlNet.Data.Formats.CaptionJson;
using VlmMlNet.Data.Formats.CaptionParquet;
using VlmMlNet.Data.Formats.Coco;
using VlmMlNet.Data.Formats.Flickr30k;
using VlmMlNet.Data.Formats.ImageFolder;
using VlmMlNet.Data.Formats.Karpathy;
using VlmMlNet.Data.Formats.Llava;
using VlmMlNet.Data.Formats.Slake;
using VlmMlNet.Data.Formats.VqaParquet;
using VlmMlNet.Data.Formats.VqaRad;
using VlmMlNet.Data.Formats.VqaV2;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data;

/// <content>Whatever a path holds, with options.</content>
public sealed partial class VisionLanguageDataCatalog
{
    /// <inheritdoc cref="Load(string, out DataFormat, DataLoadOptions)"/>
    public IDataView Load(string path, DataLoadOptions options) => Load(path, out _, options);

    /// <summary>Recognises the format by the content, says in <c>MLContext.Log</c> which it is, and reads the data with these
    /// options and otherwise the defaults of that format's own method. A folder is read as parquet where it, or
    /// <c>data</c> in it, holds <c>*.parquet</c> files (those whose names begin with the part, where one is asked for); by its
    /// <c>metadata.csv</c>, <c>metadata.jsonl</c> or <c>metadata.parquet</c>, or those in the folders below, where there is one; as pictures with captions where a file of the same
    /// name that ends in <c>.txt</c> or <c>.caption</c> lies beside a picture, a caption a line; and as pictures otherwise. Where a part is asked for, the folder of its name within is read. Of VQAv2 one file suffices where the other lies beside it under its
    /// published name; the file of answers by itself gives the columns Id, Answers, AnswerType and QuestionType, which scoring
    /// needs.</summary>
    /// <param name="path">A file, several with <c>*</c>, or a folder.</param>
    /// <param name="format">What was recognised.</param>
    /// <param name="options">Image folder, part, treatment of bad rows. Of a recipe, what its data sets do not say themselves; skipping
    /// bad rows is for all of them.</param>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="MalformedInputException">The format is not recognised, or has no such part.</exception>
    public IDataView Load(string path, out DataFormat format, DataLoadOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        (path, bool isPart) = DataFolder.Find(path, options.Split);
        string first = Directory.Exists(path) ? path : DataFile.Expand(path)[0];
        format = FormatRecognizer.Recognize(first, options.Columns);
        DataColumns columns = options.Columns;
        if (options.Split != DataSplit.All && !isPart && format is not (DataFormat.Karpathy or DataFormat.CaptionCsv or DataFormat.CaptionJson) && (format != DataFormat.VqaRad || options.Split == DataSplit.Validation))
            throw new MalformedInputException(path, $"the part {options.Split} is asked for, but {format} does not say which rows these are", "Give the file of the part.");
        if (options.Language is not null && format != DataFormat.Slake)
            throw new MalformedInputException(path, $"the language '{options.Language}' is asked for, but {format} does not say the rows' language", "SLAKE's rows alone say it.");
        IHost host = _environment.Register("VlmMlNet.Data");
        using (IChannel channel = host.Start("Recognising"))
            channel.Info($"{path}: recognised as {format}.");
        string? images = options.ImageFolder;
        DataSplit rows = isPart ? DataSplit.All : options.Split;
        return format switch
        {
            DataFormat.LlavaJson or DataFormat.LlavaParquet => LoadLlava(path, options.For(new LlavaOptions { ImageFolder = images, ConversationColumn = columns.Conversation, ImageColumn = columns.Image, IdColumn = columns.Id })),
            DataFormat.CocoCaptions => LoadCocoCaptions(path, options.For(new CocoCaptionsOptions { ImageFolder = images })),
            DataFormat.Karpathy => LoadKarpathy(path, options.For(new KarpathyOptions { ImageFolder = images, Split = options.Split })),
            DataFormat.CaptionParquet => LoadCaptionParquet(path, options.For(new CaptionParquetOptions { ImageFolder = images, ImageColumn = columns.Image, CaptionColumn = columns.Caption ?? FormatRecognizer.CaptionColumn(first), IdColumn = columns.Id })),
            DataFormat.Flickr30kTokens => LoadFlickr30kTokens(path, options.For(new Flickr30kOptions { ImageFolder = images })),
            DataFormat.CaptionCsv => LoadCaptionCsv(path, options.For(new CaptionCsvOptions { ImageFolder = images, ImageColumn = columns.Image, CaptionColumn = columns.Caption, IdColumn = columns.Id, Split = rows })),
            DataFormat.CaptionJson => LoadCaptionJson(path, options.For(new CaptionJsonOptions { ImageFolder = images, ImageColumn = columns.Image, CaptionColumn = columns.Caption, IdColumn = columns.Id, Split = rows })),
            DataFormat.VqaParquet => LoadVqaParquet(path, options.For(new VqaParquetOptions { ImageFolder = images, ImageColumn = columns.Image, QuestionColumn = columns.Question, AnswerColumn = columns.Answer, IdColumn = columns.Id })),
            DataFormat.VqaJson => View(path, options, file => new VqaRowsSource(file, options)),
            DataFormat.VqaRad => LoadVqaRad(path, options.For(new VqaRadOptions { ImageFolder = images, Split = options.Split })),
            DataFormat.Slake => LoadSlake(path, options.For(new SlakeOptions { ImageFolder = images, Language = options.Language })),
            DataFormat.VqaV2 => LoadVqaV2Part(path, options.For(new VqaV2Options { ImageFolder = images })),
            DataFormat.Recipe => LoadRecipe(path, options),
            DataFormat.ImageFolder => LoadImageFolder(path, options.For(new ImageFolderOptions())),
            DataFormat.CaptionFolder => new RowDataView<CaptionRow>(_environment, new CaptionFolderSource(path, options.For(new ImageFolderOptions()))),
            _ => throw new InvalidOperationException($"No reader of {format}."),
        };
    }

    private RowDataView<CaptionRow> LoadCaptionJson(string path, CaptionJsonOptions options) => View(path, options, file => new CaptionJsonSource(file, options));

    /// <summary>Either file of VQAv2's pair, with the other one if it lies beside it.</summary>
    private IDataView LoadVqaV2Part(string path, VqaV2Options options)
    {
        (string? questions, string? annotations) = VqaV2Pair.Find(path);
        return questions is not null ? LoadVqaV2(questions, annotations, options)
            : new RowDataView<VqaV2Answer>(_environment, new VqaV2AnswersSource(annotations!, options));
    }
}
