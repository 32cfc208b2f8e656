using VlmMlNet.Data.Parquet;

namespace VlmMlNet.Data.Formats;

/// <summary>The columns of a file that change the meaning of rows and are not read: rows that have something there are refused.</summary>
internal sealed class ParquetForeignColumns
{
    private readonly List<(string Name, string What, ParquetColumn Column)> _columns = [];

    /// <param name="file">The file.</param>
    public ParquetForeignColumns(ParquetFile file)
    {
        foreach (ParquetNode node in file.Root.Children)
        {
            // Of a struct the path says enough: bytes of videos are large.
            if (ForeignContent.Of(node.Name) is { } what && Leaf(node["path"] ?? node) is { } leaf)
                _columns.Add((node.Name, what, file.Column(leaf)));
        }
    }

    /// <summary>Requires that the current row has nothing there.</summary>
    /// <exception cref="Rows.RowProblemException">It has.</exception>
    public void Check()
    {
        foreach ((string name, string what, ParquetColumn column) in _columns)
        {
            foreach (ParquetValue value in column.Values)
            {
                if (!column.IsNull(value) && !(column.Leaf.Type == ParquetType.ByteArray && ForeignContent.IsEmpty(value.Bytes.Span)))
                    throw ForeignContent.Refused($"the row has '{name}'", what);
            }
        }
    }

    private static ParquetNode? Leaf(ParquetNode node)
    {
        while (!node.IsLeaf)
        {
            if (node.Children.Count == 0)
                return null;
            node = node.Children[0];
        }
        return node;
    }
}
