namespace VlmMlNet.Data;

/// <summary>Options of <see cref="VisionLanguageDataCatalog.LoadCaptionParquet(string, CaptionParquetOptions)"/>.</summary>
public sealed class CaptionParquetOptions : DataReaderOptions
{
    /// <summary>The file's column of pictures: struct&lt;bytes, path&gt;, or the bytes alone. Default: <c>image</c>.</summary>
    public string ImageColumn { get; set; } = "image";

    /// <summary>The file's column of captions: a string or a list of strings. Default: <c>caption</c>.</summary>
    public string CaptionColumn { get; set; } = "caption";

    /// <summary>The file's column that becomes Id. Default: null, the first of <c>id</c>, <c>img_id</c>, <c>image_id</c> and
    /// <c>filename</c> that is there; Id is empty where none is.</summary>
    public string? IdColumn { get; set; }

    /// <summary>Further columns of the file, strings or numbers, that become columns of text under their own names (null
    /// gives the empty text). Default: none.</summary>
    public IReadOnlyList<string> TextColumns { get; set; } = [];
}
