namespace VlmMlNet.Data.Formats.CaptionCsv;

/// <summary>Options of <see cref="VisionLanguageDataCatalog.LoadCaptionCsv(string, CaptionCsvOptions)"/>.</summary>
public sealed class CaptionCsvOptions : DataReaderOptions
{
    /// <summary>The folder that holds the pictures. Default: null, the folder of the file itself.</summary>
    public string? ImageFolder { get; set; }

    /// <summary>What stands between fields. Default: null, the one of comma, semicolon, tab and <c>|</c> under which the head has the
    /// two columns, or what a line <c>sep=;</c> before the head says.</summary>
    public char? Separator { get; set; }

    /// <summary>The column of picture paths. Default: null, the first of <c>image</c>, <c>image_path</c>, <c>filename</c>,
    /// <c>file_name</c>, <c>filepath</c>, <c>path</c>, <c>image_name</c>, <c>img</c>, <c>picture</c>, <c>jpg</c>, <c>jpeg</c>, <c>png</c>, <c>webp</c> and <c>images</c> that is there. Capitals do not count in names of columns, and a blank or
    /// hyphen counts as <c>_</c>.</summary>
    public string? ImageColumn { get; set; }

    /// <summary>The column of captions; a field that is a list of strings, as JSON or as Python writes it, gives several. Default:
    /// null, the first of <c>caption</c>, <c>captions</c>, <c>text</c>, <c>comment</c>, <c>raw</c>, <c>txt</c>, <c>sentences</c>, <c>description</c>,
    /// <c>title</c> and <c>label</c> (of texts, not of numbers) that is there.</summary>
    public string? CaptionColumn { get; set; }

    /// <summary>The column that becomes Id. Default: null, <c>id</c> or <c>img_id</c> where it is there; Id is the picture's name
    /// otherwise.</summary>
    public string? IdColumn { get; set; }

    /// <summary>Which rows, by the column <c>split</c> (<c>train</c>, <c>val</c>, <c>test</c>). Default: all rows.</summary>
    public DataSplit Split { get; set; } = DataSplit.All;

    internal override void Check()
    {
        base.Check();
        if (!Enum.IsDefined(Split))
            throw new ArgumentOutOfRangeException(nameof(Split), Split, "Split is All, Train, Validation or Test.");
        if (Separator is { } separator && (separator >= 128 || separator is '"' or '\n' or '\r'))
            throw new ArgumentOutOfRangeException(nameof(Separator), separator, "The separator is one ASCII character, not a quotation mark or a line end.");
    }
}
