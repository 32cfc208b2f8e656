using System.Text.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Json;

/// <summary>A format whose rows are JSON objects, in one array or one a line.</summary>
internal abstract class JsonRowSource<TRow>(string path, DataReaderOptions options) : RowSource<TRow>(path, options)
    where TRow : class
{
    /// <summary>What is said of a file that is neither an array nor lines of JSON, and what can be done then.</summary>
    protected abstract (string Problem, string Remedy) NotThisFormat { get; }

    public sealed override IEnumerable<TRow> Read(RowReading reading)
    {
        using JsonRowReader rows = JsonRowReader.Open(Path, NotThisFormat.Problem, NotThisFormat.Remedy, reading.Start);
        while (rows.TryRead())
        {
            TRow? row = null;
            try
            {
                row = Parse(rows.Value);
            }
            catch (RowProblemException e)
            {
                reading.BadRows.Add(Path, rows.Row, $"{e.Message} ({rows.Position})", e.Remedy, place: rows.Place, isIncomplete: e.IsIncomplete);
            }
            catch (JsonException e)
            {
                reading.BadRows.Add(Path, rows.Row, $"the line is not valid JSON: {JsonFields.Reason(e)} ({rows.Position})", JsonFields.RemedyOf(e, rows.Value) ?? "In a file that does not start with '[' each line is one row.", e, rows.Place);
            }
            if (row is null)
                continue;
            reading.Note(rows.Row, rows.Offset, rows.Line);
            reading.At(Path, rows.Row, rows.Place);
            yield return Numbered(row, rows.Row);
        }
    }

    /// <summary>Gives a row what depends on its number in the file.</summary>
    protected virtual TRow Numbered(TRow row, long number) => row;

    /// <summary>Makes a row of the object that the reader stands before the first property of.</summary>
    /// <returns>Null for a row that is not asked for.</returns>
    /// <exception cref="RowProblemException">It cannot be used.</exception>
    protected abstract TRow? Parse(ref Utf8JsonReader reader);

    private TRow? Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        JsonFields.Start(ref reader, JsonTokenType.StartObject, "row");
        TRow? row = Parse(ref reader);
        reader.Read(); // a line may hold more than the object: this throws
        return row;
    }
}
