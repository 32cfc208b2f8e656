using VlmMlNet.Data.Parquet;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>The beginning of a data set, by which its format is told. Formats are asked in their order whether it is theirs.</summary>
/// <param name="path">The file or folder.</param>
/// <param name="columns">Names of columns that were given.</param>
internal abstract class FileHead(string path, DataColumns columns)
{
    public string Path { get; } = path;

    public DataColumns Columns { get; } = columns;

    /// <summary>What the given names of columns make of it; null where they leave it open.</summary>
    public RowKind? Kind { get; init; }

    /// <summary>Whether the given names say that it is of a kind; null where they leave it open.</summary>
    public bool? Is(RowKind kind) => Kind is { } given ? given == kind : null;
}

/// <summary>A folder.</summary>
internal sealed class FolderHead(string path, DataColumns columns) : FileHead(path, columns);

/// <summary>The schema of a parquet file.</summary>
internal sealed class ParquetHead(string path, DataColumns columns, ParquetNode root) : FileHead(path, columns)
{
    public ParquetNode Root { get; } = root;

    /// <summary>Whether there is a column of pictures.</summary>
    public bool HasPicture => Columns.Image is not null || Has(ColumnNames.Image, ParquetPictures.CanBe);

    /// <summary>Whether there is a column of texts, or of lists of them.</summary>
    public bool HasText(string[] names) => Has(names, node => (node.ListElement() ?? node) is { IsLeaf: true } leaf && ParquetValueText.IsKnown(leaf));

    /// <summary>Whether there is a column of some type; the first of the names that is there is the one that is read.</summary>
    public bool Has(string[] names, Func<ParquetNode, bool> canBe) => Array.Find(names, name => Root[name] is not null) is { } name && canBe(Root[name]!);
}

/// <summary>The first row of JSON: of an array, of lines, or an object by itself, none of whose properties has told its format.</summary>
internal sealed class RowHead(string path, DataColumns columns, HashSet<string> names) : FileHead(path, columns)
{
    /// <summary>The names of the row's properties.</summary>
    public HashSet<string> Names { get; } = names;

    /// <summary>The names, with the usual one for a picture where another was given.</summary>
    public string[] UsualNames => Columns.Image is { } image && Names.Contains(image) ? [.. Names, "image"] : [.. Names];

    /// <summary>Whether the row has all of these, and no columns were named.</summary>
    public bool IsOf(params string[] names) => !Columns.AreNamed && Names.IsSupersetOf(names);
}

/// <summary>The object in the first line of a file that begins with one.</summary>
internal sealed class FirstLineHead(string path, DataColumns columns, HashSet<string> names) : FileHead(path, columns)
{
    /// <summary>The names of its properties; none where the line is no object, or a long one.</summary>
    public HashSet<string> Names { get; } = names;
}

/// <summary>A property of the object that a file of JSON is; one is asked about after the other, in the file's order.</summary>
internal sealed class PropertyHead(string path, DataColumns columns, string name, Func<HashSet<string>> readFirstElement) : FileHead(path, columns)
{
    private HashSet<string>? _firstElement;

    public string Name { get; } = name;

    /// <summary>Whether the property's value was read.</summary>
    public bool IsRead => _firstElement is not null;

    /// <summary>Of a property that is a list the names of the properties of its first element; none where it is empty.</summary>
    /// <exception cref="MalformedInputException">It is no list.</exception>
    public HashSet<string> FirstElement => _firstElement ??= readFirstElement();
}

/// <summary>The first line of text.</summary>
internal sealed class TextHead(string path, DataColumns columns, string line) : FileHead(path, columns)
{
    /// <summary>At most 10,000 bytes of it.</summary>
    public string Line { get; } = line;
}
