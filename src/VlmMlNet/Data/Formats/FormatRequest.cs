namespace VlmMlNet.Data.Formats;

/// <summary>What of a format is to be read.</summary>
/// <param name="Catalog">Whose methods read it.</param>
/// <param name="Path">The file, several with <c>*</c>, or the folder.</param>
/// <param name="First">The first of the files.</param>
/// <param name="Options">The options of all formats.</param>
/// <param name="Split">The part whose rows are to be told from others: all of them, where the path is that of the part.</param>
internal sealed record FormatRequest(VisionLanguageDataCatalog Catalog, string Path, string First, DataLoadOptions Options, DataSplit Split)
{
    /// <summary>The folder that holds the pictures; null for the format's default.</summary>
    public string? ImageFolder => Options.ImageFolder;

    /// <summary>Names of columns that were given.</summary>
    public DataColumns Columns => Options.Columns;

    /// <summary>The options of the format's own method, with what all have in common.</summary>
    public T For<T>(T options)
        where T : DataReaderOptions => Options.For(options);
}
