using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Json;

/// <summary>Reads the rows of a list that is a property of a large object.</summary>
internal static class JsonListRows
{
    /// <summary>Makes a row of an element; null for one that is not asked for.</summary>
    /// <exception cref="RowProblemException">It cannot be used.</exception>
    public delegate TRow? Parser<TRow>(ReadOnlySpan<byte> json);

    /// <summary>The rest of the list that the reader stands in.</summary>
    /// <param name="reader">The document.</param>
    /// <param name="path">Its file.</param>
    /// <param name="reading">Takes bad rows, and the places of good ones.</param>
    /// <param name="parse">Makes rows.</param>
    public static IEnumerable<TRow> Read<TRow>(StreamingJsonReader reader, string path, RowReading reading, Parser<TRow> parse)
        where TRow : class
    {
        while (reader.TryReadElement())
        {
            TRow? row = null;
            try
            {
                row = parse(reader.Value);
            }
            catch (RowProblemException e)
            {
                reading.BadRows.Add(path, reader.Row!.Value, $"{e.Message} ({reader.Position})", e.Remedy, place: reader.Place, isIncomplete: e.IsIncomplete);
            }
            if (row is null)
                continue;
            reading.Note(reader.Row!.Value, reader.Offset, reader.Line - 1);
            reading.At(path, reader.Row!.Value, reader.Place);
            yield return row;
        }
    }

    /// <summary>The rest of the list from the reading's start on, which lies in the list.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">Says where.</param>
    /// <param name="parse">Makes rows.</param>
    public static IEnumerable<TRow> ReadFromStart<TRow>(string path, RowReading reading, Parser<TRow> parse)
        where TRow : class
    {
        using var reader = StreamingJsonReader.WithinArray(DataFile.OpenSequential(path), path, reading.Start);
        foreach (TRow row in Read(reader, path, reading, parse))
            yield return row;
    }
}
