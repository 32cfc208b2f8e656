using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace VlmMlNet.Data;

/// <summary>Reads the field's data sets as they are published. Made by <c>mlContext.VisionLanguage().Data</c>. All readers
/// are lazy: a file is opened when rows are asked for, read from front to back at constant memory, and read anew by each
/// cursor. A missing file is a <see cref="FileNotFoundException"/>, content that is not what it should be a
/// <see cref="MalformedInputException"/> when it is met.</summary>
public sealed partial class VisionLanguageDataCatalog
{
    private readonly IHostEnvironment _environment;

    internal VisionLanguageDataCatalog(IHostEnvironment environment)
    {
        _environment = environment;
    }

    /// <inheritdoc cref="LoadLlava(string, LlavaOptions)"/>
    /// <param name="path">The JSON file.</param>
    /// <param name="imageFolder">The folder that relative image paths start from; null for the folder of the file.</param>
    public IDataView LoadLlava(string path, string? imageFolder = null) => LoadLlava(path, new LlavaOptions { ImageFolder = imageFolder });

    /// <summary>Reads LLaVA's conversations, as LLaVA-Pretrain's <c>blip_laion_cc_sbu_558k.json</c> has them: an array of
    /// <c>{"id": "...", "image": "00000/1.jpg", "conversations": [{"from": "human", "value": "&lt;image&gt;\n..."}, {"from":
    /// "gpt", "value": "..."}]}</c>. Columns: Id (text), Image and ImagePath (text: the picture's path, empty where
    /// <c>image</c> is absent or null), Conversation (the turns, <c>&lt;image&gt;</c> left where it stands). Whether the
    /// pictures exist is not looked at. A row is bad where human and gpt do not take turns, an answer is missing, or the
    /// number of <c>&lt;image&gt;</c> is not that of the pictures.</summary>
    /// <param name="path">The JSON file.</param>
    /// <param name="options">Image folder and treatment of bad rows.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public IDataView LoadLlava(string path, LlavaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        DataFile.CheckExists(path);
        return View(new LlavaJsonSource(path, options));
    }

    /// <inheritdoc cref="LoadCocoCaptions(string, CocoCaptionsOptions)"/>
    /// <param name="path">The JSON file.</param>
    /// <param name="imageFolder">The folder that holds the pictures; null for the folder of the file.</param>
    public IDataView LoadCocoCaptions(string path, string? imageFolder = null) => LoadCocoCaptions(path, new CocoCaptionsOptions { ImageFolder = imageFolder });

    /// <summary>Reads COCO's captions, such as <c>captions_val2014.json</c>: <c>{"images": [{"id": 42, "file_name": "..."}],
    /// "annotations": [{"image_id": 42, "id": 7, "caption": "..."}]}</c>. One row per image, in the order of
    /// <c>images</c>. Columns: Id (the image's id), Image and ImagePath (text: the picture's path), Captions (all its
    /// captions in the file's order; none for an image that has none, such as those of the test sets). Bad rows: those
    /// without the properties above, with an id that another row has, or a caption of an image that is not listed. The two
    /// lists are joined by an index, about 50 bytes and its texts for each image and caption (40 MB for COCO train), built
    /// when the first row is asked for and kept with the view.</summary>
    /// <param name="path">The JSON file.</param>
    /// <param name="options">Image folder and treatment of bad rows.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public IDataView LoadCocoCaptions(string path, CocoCaptionsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        DataFile.CheckExists(path);
        return View(new CocoCaptionsSource(path, options));
    }

    /// <inheritdoc cref="LoadCaptionParquet(string, CaptionParquetOptions)"/>
    /// <param name="path">The parquet file.</param>
    public IDataView LoadCaptionParquet(string path) => LoadCaptionParquet(path, new CaptionParquetOptions());

    /// <summary>Reads a parquet file of pictures with captions, as lmms-lab/flickr30k is published: <c>image</c>
    /// struct&lt;bytes, path&gt; and <c>caption</c> list&lt;string&gt;. Columns: Id (text), Image (Vector&lt;Byte&gt;: the
    /// encoded file; empty where it is null), ImagePath (text: the path recorded in the file), Captions (none where the
    /// list is null), and those of <see cref="CaptionParquetOptions.TextColumns"/>. Pictures are read only where Image is
    /// asked for, a page (about a megabyte in most files) at a time. A row is bad where one of its captions is null or no
    /// text.</summary>
    /// <param name="path">The parquet file.</param>
    /// <param name="options">Names of columns and treatment of bad rows.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MalformedInputException">It is not parquet, or lacks a column.</exception>
    public IDataView LoadCaptionParquet(string path, CaptionParquetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return View(new CaptionParquetSource(path, options));
    }

    private RowDataView<TRow> View<TRow>(RowSource<TRow> source) => new(_environment, source);
}
