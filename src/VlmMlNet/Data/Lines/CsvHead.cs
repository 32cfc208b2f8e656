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
    /// <param name="name">A name that was asked for.</param>
    /// <param name="usual">The usual names.</param>
    /// <param name="option">What another can be asked for with; null where none can.</param>
    /// <exception cref="MalformedInputException">It is not there.</exception>
    public int Require(string? name, string[] usual, string? option)
    {
        int column = Find(name is null ? usual : [name]);
        return column >= 0 ? column
            : throw (name is null || option is null ? ColumnNames.Missing(_source, option, usual, _names) : ColumnNames.Missing(_source, option, name, _names));
    }

    /// <summary>Whether a record has a field for each column; always true.</summary>
    /// <exception cref="RowProblemException">It has more or fewer.</exception>
    public bool Check(List<string> fields) => fields.Count == _names.Length
        ? true
        : throw new RowProblemException($"the record has {fields.Count} fields, the head {_names.Length}", fields.Count < _names.Length ? "Is a separator missing?" : "A field with a separator in it stands in quotation marks.");
}
