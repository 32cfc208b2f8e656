namespace VlmMlNet.Data.Parquet;

/// <summary>Finds the columns of a file by name.</summary>
internal static class ParquetColumns
{
    /// <exception cref="MalformedInputException">There is no such column; the message lists those that are there.</exception>
    public static ParquetNode Require(this ParquetFile file, string name, string source) =>
        file.Root[name] ?? throw new MalformedInputException(source, $"it has no column '{name}'",
            $"Its columns are {string.Join(", ", file.Root.Children.Select(c => $"'{c.Name}'"))}.");

    /// <summary>The first of the names that the file has as a plain column of texts or numbers.</summary>
    public static ParquetNode? FirstPlain(this ParquetFile file, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (file.Root[name] is { IsLeaf: true, IsRepeated: false, Type: not (ParquetType.Boolean or ParquetType.Int96) } node)
                return node;
        }
        return null;
    }
}
