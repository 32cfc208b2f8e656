namespace VlmMlNet.Data;

/// <summary>Options of <see cref="VisionLanguageDataCatalog.Load(string, DataLoadOptions)"/>: those that do not depend on the
/// format, and those that several formats have.</summary>
public sealed class DataLoadOptions : DataReaderOptions
{
    /// <summary>The folder that holds the pictures. Default: null, the default of the format.</summary>
    public string? ImageFolder { get; set; }

    /// <summary>Which rows: of a format that names the part of each (Karpathy's, captions as CSV or JSON with a <c>split</c>, VQA-RAD), or of a
    /// folder of parquet files whose names begin with <c>train</c>, <c>val</c> or <c>test</c>, or that holds folders of these names. Any other value than
    /// <see cref="DataSplit.All"/> is an error for the others. Default: all rows.</summary>
    public DataSplit Split { get; set; } = DataSplit.All;

    /// <summary>The language of SLAKE's questions, <c>en</c> or <c>zh</c>; an error for other formats. Default: null, all.</summary>
    public string? Language { get; set; }

    /// <summary>The names of columns, where they are not the usual ones; an error for formats without columns. Default: none.</summary>
    public DataColumns Columns { get; set; } = new();

    internal override void Check()
    {
        base.Check();
        ArgumentNullException.ThrowIfNull(Columns);
        if (!Enum.IsDefined(Split))
            throw new ArgumentOutOfRangeException(nameof(Split), Split, "Split is All, Train, Validation or Test.");
    }

    /// <summary>The options of a format's own method with what all have in common.</summary>
    internal T For<T>(T options)
        where T : DataReaderOptions
    {
        (options.BadRows, options.OnBadRow, options.Take, options.AllowOutsideImages, options.AreNamedByColumns) = (BadRows, OnBadRow, Take, AllowOutsideImages, true);
        (options.SkipsIncompleteRows, options.NeedsAnswers) = (SkipsIncompleteRows, NeedsAnswers);
        return options;
    }
}
