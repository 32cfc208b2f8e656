using Microsoft.ML;
using VlmMlNet.Data.Formats.CaptionCsv;
using VlmMlNet.Data.Formats.CaptionParquet;
using VlmMlNet.Data.Formats.Coco;
using VlmMlNet.Data.Formats.Flickr30k;
using VlmMlNet.Data.Formats.Karpathy;

namespace VlmMlNet.Data;

/// <content>Pictures with captions.</content>
public sealed partial class VisionLanguageDataCatalog
{
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
        return View(path, options, file => new CocoCaptionsSource(file, options));
    }

    /// <inheritdoc cref="LoadCaptionParquet(string, CaptionParquetOptions)"/>
    /// <param name="path">The parquet file.</param>
    public IDataView LoadCaptionParquet(string path) => LoadCaptionParquet(path, new CaptionParquetOptions());

    /// <summary>Reads a parquet file of pictures with captions, as lmms-lab/flickr30k is published: <c>image</c>
    /// struct&lt;bytes, path&gt; and <c>caption</c> list&lt;string&gt;. (lmms-lab/COCO-Caption2017 has them in <c>answer</c>.) Columns: Id (text), Image (Vector&lt;Byte&gt;: the
    /// encoded file), ImagePath (text: the path recorded in the file), Captions (none where the
    /// list is null), and those of <see cref="CaptionParquetOptions.TextColumns"/>. Where the column holds paths of files instead
    /// (strings, or structs of a path alone), Image and ImagePath are these as text; where bytes are null beside a path, Image
    /// is that file's content. Pictures are read only where Image is
    /// asked for, a page (about a megabyte in most files) at a time. A row is bad where it has no picture, or one of its captions is null or no
    /// text.</summary>
    /// <param name="path">The parquet file.</param>
    /// <param name="options">Names of columns and treatment of bad rows.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MalformedInputException">It is not parquet, or lacks a column.</exception>
    public IDataView LoadCaptionParquet(string path, CaptionParquetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return View(path, options, file => new CaptionParquetSource(file, options));
    }

    /// <inheritdoc cref="LoadKarpathy(string, KarpathyOptions)"/>
    /// <param name="path">The JSON file.</param>
    /// <param name="imageFolder">The folder that holds the pictures; null for the folder of the file.</param>
    public IDataView LoadKarpathy(string path, string? imageFolder = null) => LoadKarpathy(path, new KarpathyOptions { ImageFolder = imageFolder });

    /// <summary>Reads Karpathy's splits, <c>dataset_coco.json</c>, <c>dataset_flickr30k.json</c>: <c>{"images": [{"filepath":
    /// "val2014", "filename": "...", "split": "test", "cocoid": 42, "sentences": [{"raw": "..."}]}]}</c>. Columns: Id
    /// (<c>cocoid</c>, or <c>imgid</c> where it is absent), Image and ImagePath (text: the path, from <c>filepath</c> and
    /// <c>filename</c>), Captions (<c>raw</c>). Other properties are passed over. A row is bad without <c>filename</c>,
    /// <c>sentences</c>, or a known <c>split</c> where one part is asked for.</summary>
    /// <param name="path">The JSON file.</param>
    /// <param name="options">Image folder, the part, and treatment of bad rows.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public IDataView LoadKarpathy(string path, KarpathyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return View(path, options, file => new KarpathySource(file, options));
    }

    /// <inheritdoc cref="LoadFlickr30kTokens(string, Flickr30kOptions)"/>
    /// <param name="path">The <c>.token</c> file.</param>
    /// <param name="imageFolder">The folder that holds the pictures; null for the folder of the file.</param>
    public IDataView LoadFlickr30kTokens(string path, string? imageFolder = null) => LoadFlickr30kTokens(path, new Flickr30kOptions { ImageFolder = imageFolder });

    /// <summary>Reads Flickr30k's (and Flickr8k's) <c>.token</c> file: lines of <c>1000092795.jpg#0</c>, a tab and a caption.
    /// One row per picture. Columns: Id (the picture's name), Image and ImagePath (text: the path), Captions. A line is bad
    /// where it is not so formed, or its picture had lines before that do not stand beside it.</summary>
    /// <param name="path">The <c>.token</c> file.</param>
    /// <param name="options">Image folder and treatment of bad rows.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public IDataView LoadFlickr30kTokens(string path, Flickr30kOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return View(path, options, file => new FlickrTokenSource(file, options));
    }

    /// <inheritdoc cref="LoadCaptionCsv(string, CaptionCsvOptions)"/>
    /// <param name="path">The CSV or TSV file.</param>
    /// <param name="imageFolder">The folder that holds the pictures; null for the folder of the file.</param>
    public IDataView LoadCaptionCsv(string path, string? imageFolder = null) => LoadCaptionCsv(path, new CaptionCsvOptions { ImageFolder = imageFolder });

    /// <summary>Reads delimited text with a head (RFC 4180, UTF-8): a column of pictures and one of captions. Neighbouring
    /// records of one picture are one row with all captions. Reads nlphuji's <c>flickr_annotations_30k.csv</c>, whose
    /// column <c>raw</c> holds JSON lists, and Kaggle's <c>results.csv</c>, whose separator is <c>|</c>, as they are. Blanks around a
    /// field are left out, but for those within quotation marks. Columns: Id (text), Image and ImagePath (text: the path), Captions. A
    /// record is bad where it has more or fewer fields than the head, or a list of captions that cannot be read.</summary>
    /// <param name="path">The CSV or TSV file.</param>
    /// <param name="options">Names of columns, separator, the part, image folder and treatment of bad rows.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public IDataView LoadCaptionCsv(string path, CaptionCsvOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return View(path, options, file => new CaptionCsvSource(file, options));
    }
}
