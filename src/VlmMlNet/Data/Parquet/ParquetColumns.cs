namespace VlmMlNet.Data.Parquet;

/// <summary>Finds the columns of a file by name.</summary>
internal static class ParquetColumns
{
    /// <summary>The column of the name or, where none is given, the first of the usual names that is there.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">A column that was asked for; null for none.</param>
    /// <param name="option">What it was asked for with.</param>
    /// <param name="usual">The usual names.</param>
    /// <param name="source">The file's name, for messages.</param>
    /// <exception cref="MalformedInputException">There is no such column; the message lists those that are there.</exception>
    public static ParquetNode Require(this ParquetFile file, string? name, string option, string[] usual, string source) =>
        file.Find(name, option, usual, source) ?? throw Rows.ColumnNames.Missing(source, option, usual, file.ColumnNames());

    /// <summary>As <see cref="Require(ParquetFile, string, string, string[], string)"/>, but null where none of the usual names is there.</summary>
    public static ParquetNode? Find(this ParquetFile file, string? name, string option, string[] usual, string source) => name is null
        ? Array.Find(usual, n => file.Root[n] is not null) is { } found ? file.Root[found] : null
        : file.Root[name] ?? throw Rows.ColumnNames.Missing(source, option, name, file.ColumnNames());

    /// <summary>A column of plain values, such as ids; null where it was not asked for and no usual one is there.</summary>
    public static ParquetTexts? FindPlain(this ParquetFile file, string? name, string option, string[] usual, string source)
    {
        ParquetNode? node = name is null ? file.FirstPlain(usual) : file.Find(name, option, usual, source);
        return node is null ? null : new ParquetTexts(file, node, source);
    }

    /// <summary>The names of the columns.</summary>
    public static IEnumerable<string> ColumnNames(this ParquetFile file) => file.Root.Children.Select(c => c.Name);

    /// <summary>The first of the names that the file has as a plain column: of texts or numbers, or of true and false, which whoever reads it refuses.</summary>
    private static ParquetNode? FirstPlain(this ParquetFile file, string[] names)
    {
        foreach (string name in names)
        {
            if (file.Root[name] is { IsLeaf: true, IsRepeated: false } node && (ParquetValueText.IsKnown(node) || node.Type == ParquetType.Boolean))
                return node;
        }
        return null;
    }
}
