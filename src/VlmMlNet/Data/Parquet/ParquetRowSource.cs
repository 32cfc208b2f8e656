using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Parquet;

/// <summary>A format that is stored as parquet.</summary>
internal abstract class ParquetRowSource<TRow>(string path, DataReaderOptions options) : RowSource<TRow>(path, options)
    where TRow : class
{
    private readonly RowIndex _index = new();

    public override long? RowCount => Options.KeepsAllRows ? _index.RowCount : null;

    public override RowIndex? Index => Options.KeepsAllRows ? _index : null;

    public sealed override IEnumerable<TRow> Read(RowReading reading)
    {
        using ParquetFile file = ParquetFile.Open(Path);
        Func<long, TRow> current = Open(file, reading.IsActive);
        foreach (long number in file.ReadRows(reading))
        {
            TRow? row = null;
            try
            {
                row = current(number);
            }
            catch (RowProblemException e)
            {
                reading.BadRows.Add(Path, number, e.Message, e.Remedy, isIncomplete: e.IsIncomplete);
            }
            catch (ParquetFormatException e)
            {
                throw new MalformedInputException(Path, e.Message, e.Remedy, number, e);
            }
            if (row is null)
                continue;
            reading.At(Path, number);
            yield return row;
        }
    }

    /// <summary>Makes readers of the stored columns that a row is put together from.</summary>
    /// <param name="file">The file.</param>
    /// <param name="active">The columns that will be asked for: pictures are left unread where theirs is not.</param>
    /// <returns>What puts together the row that the file stands on, given its number; throws <see cref="RowProblemException"/> for a bad one.</returns>
    /// <exception cref="MalformedInputException">A column is missing or of another kind.</exception>
    protected abstract Func<long, TRow> Open(ParquetFile file, Func<string, bool> active);

    /// <summary>To be called at the end of the constructor: a file without the columns is refused when it is loaded.</summary>
    protected void CheckColumns()
    {
        using ParquetFile file = ParquetFile.Open(Path);
        Open(file, _ => true);
        long row = 0;
        foreach (ParquetRowGroup group in file.RowGroups)
        {
            _index.Add(new RowPlace(0, row, row, 0), group.Rows, Options.Take ?? long.MaxValue);
            row += group.Rows;
        }
    }
}
