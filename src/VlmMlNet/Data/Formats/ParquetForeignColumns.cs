using VlmMlNet.Data.Parquet;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>The columns of a file that change the meaning of rows and are not read: rows that have something there are refused.</summary>
internal sealed class ParquetForeignColumns
{
    private readonly List<(string Name, string What, ParquetColumn Column)> _columns = [];
    private readonly List<(string Name, string What, ParquetPictures Values)> _embedded = [];

    private readonly string? _imageOption;

    /// <param name="file">The file.</param>
    /// <param name="paths">Where files are.</param>
    /// <param name="image">The column of pictures that is read; null where none is.</param>
    /// <param name="imageOption">What names that column; null where it has been named, so that others are left out.</param>
    /// <param name="source">The file's name, for messages.</param>
    public ParquetForeignColumns(ParquetFile file, ImagePaths paths, ParquetNode? image, string? imageOption, string source)
    {
        _imageOption = imageOption;
        foreach (ParquetNode node in file.Root.Children)
        {
            string? what = node == image ? null : ForeignContent.Of(node.Name) ?? (IsPicture(node) ? ForeignContent.AnotherPicture : null);
            if (what is null || (what == ForeignContent.AnotherPicture && imageOption is null))
                continue;
            // Of what is embedded, statistics say whether it is there: videos are large.
            if ((node.ListElement() ?? node) is { IsLeaf: false, Repetition: <= 1 } element && ParquetPictures.CanBe(node) && (element["bytes"] ?? element["path"])!.IsLeaf)
                _embedded.Add((node.Name, what, new ParquetPictures(file, node, paths, _ => false, source)));
            else if (Leaf(node) is { } leaf)
                _columns.Add((node.Name, what, file.Column(leaf)));
        }
    }

    /// <summary>Requires that the current row has nothing there.</summary>
    /// <exception cref="RowProblemException">It has.</exception>
    public void Check()
    {
        foreach ((string name, string what, ParquetPictures values) in _embedded)
        {
            if (values.HasAny)
                throw ForeignContent.Refused($"the row has '{name}'", what, _imageOption);
        }
        foreach ((string name, string what, ParquetColumn column) in _columns)
        {
            foreach (ParquetValue value in column.Values)
            {
                if (!column.IsNull(value) && !(column.Leaf.Type == ParquetType.ByteArray && ForeignContent.IsEmpty(value.Bytes.Span)))
                    throw ForeignContent.Refused($"the row has '{name}'", what, _imageOption);
            }
        }
    }

    // A struct of bytes and a path, or a list of such, as Hugging Face has pictures: told by the type, whatever its name.
    private static bool IsPicture(ParquetNode node) =>
        (node.ListElement() ?? node) is { IsLeaf: false } element && element["bytes"] is { Type: ParquetType.ByteArray } && element["path"] is { Type: ParquetType.ByteArray };

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
