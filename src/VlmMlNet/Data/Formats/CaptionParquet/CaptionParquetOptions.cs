namespace VlmMlNet.Data.Formats.CaptionParquet;

/// <summary>Options of <see cref="VisionLanguageDataCatalog.LoadCaptionParquet(string, CaptionParquetOptions)"/>.</summary>
public sealed class CaptionParquetOptions : DataReaderOptions
{
    /// <summary>The folder that paths of pictures start from, of files that do not embed them. Default: null, the folder of the
    /// file itself.</summary>
    public string? ImageFolder { get; set; }

    /// <summary>The file's column of pictures: struct&lt;bytes, path&gt;, the bytes alone, paths of files (strings), or a list of one of
    /// these. Default: null, the first of <c>image</c>, <c>images</c>, <c>img</c>, <c>picture</c>, <c>jpg</c>, <c>jpeg</c>, <c>png</c>, <c>webp</c>,
    /// <c>image_path</c>, <c>file_name</c>, <c>filename</c>, <c>filepath</c> and <c>path</c> that is there.</summary>
    public string? ImageColumn { get; set; }

    /// <summary>The file's column of captions: a string or a list of strings. Default: null, the first of <c>caption</c>,
    /// <c>captions</c>, <c>text</c>, <c>txt</c>, <c>sentences</c>, <c>description</c> and <c>title</c> that is there.</summary>
    public string? CaptionColumn { get; set; }

    /// <summary>The file's column that becomes Id. Default: null, the first of <c>id</c>, <c>img_id</c>, <c>image_id</c> and
    /// <c>filename</c> that is there; Id is empty where none is.</summary>
    public string? IdColumn { get; set; }

    /// <summary>Further columns of the file, strings or numbers, that become columns of text under their own names (null
    /// gives the empty text). Default: none.</summary>
    public IReadOnlyList<string> TextColumns { get; set; } = [];
}
