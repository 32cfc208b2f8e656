using VlmMlNet.Data.Formats;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Lines;

/// <summary>The first record of a delimited text, which names the columns.</summary>
internal sealed class CsvHead
{
    private readonly string[] _names;
    private readonly string _source;

    private CsvHead(string[] names, string source)
    {
        _names = names;
        _source = source;
    }

    /// <exception cref="MalformedInputException">There is no readable head.</exception>
    public static CsvHead Read(CsvReader reader, string source)
    {
        try
        {
            return reader.TryRead()
                ? new CsvHead([.. reader.Fields.Select(f => f.Trim())], source)
                : throw new MalformedInputException(source, "the file is empty");
        }
        catch (RowProblemException e)
        {
            throw new MalformedInputException(source, $"its head cannot be read: {e.Message}", e.Remedy, null, e);
        }
    }

    /// <summary>The columns, as the file names them.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The first of the columns that is there, or -1. <see cref="CaptionColumnNames.AreSame"/> says which names are equal.</summary>
    public int Find(ReadOnlySpan<string> names) => CaptionColumnNames.Find(names, _names);

    /// <summary>The column of the name or, where it is null, of the first usual name.</summary>
    /// <exception cref="MalformedInputException">It is not there.</exception>
    public int Require(string? name, ReadOnlySpan<string> usual)
    {
        int column = Find(name is null ? usual : [name]);
        if (column >= 0)
            return column;
        string wanted = name is null ? string.Join(" or ", usual.ToArray().Select(n => $"'{n}'")) : $"'{name}'";
        throw new MalformedInputException(_source, $"it has no column {wanted}", $"Its columns are {string.Join(", ", _names.Select(n => $"'{n}'"))}.");
    }

    /// <summary>Whether a record has a field for each column; always true.</summary>
    /// <exception cref="RowProblemException">It has more or fewer.</exception>
    public bool Check(List<string> fields) => fields.Count == _names.Length
        ? true
        : throw new RowProblemException($"the record has {fields.Count} fields, the head {_names.Length}", fields.Count < _names.Length ? "Is a separator missing?" : "A field with a separator in it stands in quotation marks.");
}
