namespace VlmMlNet.Data.Rows;

/// <summary>One file format: which columns it gives and how its rows are read, one after the other. A new format is a
/// subclass; <see cref="RowDataView{TRow}"/> makes it an IDataView.</summary>
/// <typeparam name="TRow">A row as the format holds it.</typeparam>
internal abstract class RowSource<TRow>(string path, DataReaderOptions options)
{
    /// <summary>The file, as messages name it.</summary>
    public string Path { get; } = path;

    public DataReaderOptions Options { get; } = options;

    public abstract IReadOnlyList<RowColumn<TRow>> Columns { get; }

    /// <summary>The number of rows where it is known without reading them.</summary>
    public virtual long? RowCount => null;

    /// <summary>The parts, where they are known without reading the rows.</summary>
    public virtual RowIndex? Index => null;

    /// <summary>Opens the file anew and reads it row by row. Which rows are good must not depend on the active columns:
    /// two cursors over the same data stay in step. A row stays valid until the next one is asked for.</summary>
    /// <param name="reading">Says from where; is told the places where reading can start, if there are more than the
    /// beginning, each before its row is given.</param>
    public abstract IEnumerable<TRow> Read(RowReading reading);
}
