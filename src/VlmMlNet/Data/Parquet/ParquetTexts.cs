using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Parquet;

/// <summary>A column of texts (or numbers, which are given as texts): one in a row, or a list of them.</summary>
internal sealed class ParquetTexts
{
    private readonly ParquetColumn _column;

    public ParquetTexts(ParquetFile file, ParquetNode node, string source)
    {
        ParquetNode leaf = node.ListElement() ?? node;
        if (!leaf.IsLeaf || leaf.Repetition > 1 || !ParquetValueText.IsKnown(leaf))
        {
            if (leaf.Type == ParquetType.Boolean)
                throw new MalformedInputException(source, $"its column '{node.Path}' holds true and false", Json.JsonFields.NoBoolean);
            string kind = leaf.Logical.Meaning is ParquetMeaning.Bson or ParquetMeaning.Interval ? $" ({leaf.Logical.Meaning.ToString().ToUpperInvariant()})" : "";
            throw new MalformedInputException(source, $"its column '{node.Path}' holds no texts{kind}", "A string is expected, or a list of strings.");
        }
        _column = file.Column(leaf);
    }

    /// <summary>Whether a row has a list of texts: an empty one says that there is none, where a missing text is a gap.</summary>
    public bool IsList => _column.Leaf.Repetition > 0;

    /// <summary>The current row's only text; null where it is null.</summary>
    public string? Single
    {
        get
        {
            IReadOnlyList<ParquetValue> values = _column.Values;
            return values.Count == 0 || _column.IsNull(values[0]) ? null : _column.Text(values[0]);
        }
    }

    /// <summary>The current row's only value as an id, where bytes that are no text are hexadecimal; null where it is null.</summary>
    public string? Id
    {
        get
        {
            IReadOnlyList<ParquetValue> values = _column.Values;
            return values.Count == 0 || _column.IsNull(values[0]) ? null : ParquetValueText.OfId(_column.Leaf, values[0].Bytes.Span);
        }
    }

    /// <summary>The current row's texts: none where the list, or the only text, is null.</summary>
    /// <exception cref="RowProblemException">An element of the list is null.</exception>
    public string[] All
    {
        get
        {
            IReadOnlyList<ParquetValue> values = _column.Values;
            if (_column.Leaf.Repetition == 0 && _column.IsNull(values[0]))
                return [];
            var texts = new string[values.Count];
            for (int i = 0; i < texts.Length; i++)
            {
                texts[i] = _column.IsNull(values[i])
                    ? throw new RowProblemException($"element {i} of column '{_column.Leaf.Path}' is null") { IsIncomplete = true }
                    : _column.Text(values[i]);
            }
            return texts;
        }
    }
}
