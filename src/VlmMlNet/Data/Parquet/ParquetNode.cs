namespace VlmMlNet.Data.Parquet;

/// <summary>A field of a Parquet schema: a leaf, which is a stored column, or a group of fields.</summary>
internal sealed class ParquetNode(string name, ParquetNode? parent, bool isRepeated, bool isOptional)
{
    private readonly List<ParquetNode> _children = [];

    /// <summary>The field that it lies in; null for the whole.</summary>
    public ParquetNode? Parent { get; } = parent;

    public string Name { get; } = name;

    /// <summary>The names from the top, joined by points, as column chunks give it.</summary>
    public string Path { get; } = parent?.Path is { Length: > 0 } above ? $"{above}.{name}" : parent is null ? "" : name;

    public IReadOnlyList<ParquetNode> Children => _children;

    public bool IsRepeated { get; } = isRepeated;

    /// <summary>The definition level at which the field is there.</summary>
    public int Definition { get; } = (parent?.Definition ?? 0) + (isRepeated || isOptional ? 1 : 0);

    /// <summary>How many repeated fields lie on the way here, itself included.</summary>
    public int Repetition { get; } = (parent?.Repetition ?? 0) + (isRepeated ? 1 : 0);

    /// <summary>The definition level at which the innermost list on the way here has an element; 0 outside of lists.</summary>
    public int ElementDefinition { get; } = isRepeated ? (parent?.Definition ?? 0) + 1 : parent?.ElementDefinition ?? 0;

    /// <summary>How values are stored; null for a group.</summary>
    public ParquetType? Type { get; init; }

    /// <summary>The length of a <see cref="ParquetType.FixedLengthByteArray"/>.</summary>
    public int TypeLength { get; init; }

    /// <summary>What the values mean.</summary>
    public ParquetLogicalType Logical { get; init; }

    public bool IsLeaf => Type is not null;

    public ParquetNode? this[string child] => _children.Find(c => c.Name == child);

    public void Add(ParquetNode child) => _children.Add(child);

    /// <summary>The element of a list, in any of the ways in which lists are written; null where this is no list.</summary>
    public ParquetNode? ListElement()
    {
        if (IsRepeated)
            return this;
        if (_children is not [{ IsRepeated: true } repeated])
            return null;
        bool isWrapper = repeated.Children.Count == 1 && repeated.Name != "array" && repeated.Name != $"{Name}_tuple";
        return isWrapper ? repeated.Children[0] : repeated;
    }
}
