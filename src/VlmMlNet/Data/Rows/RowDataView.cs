using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace VlmMlNet.Data.Rows;

/// <summary>A <see cref="RowSource{TRow}"/> as IDataView: lazy, in the file's order, read anew by every cursor.</summary>
internal sealed class RowDataView<TRow> : IDataView
{
    private readonly BadRowLog _badRows;

    public RowDataView(IHostEnvironment environment, RowSource<TRow> source)
    {
        Source = source;
        _badRows = new BadRowLog(environment, source.Path, source.Options);
        var builder = new DataViewSchema.Builder();
        foreach (RowColumn<TRow> column in source.Columns)
            builder.AddColumn(column.Name, column.Type);
        Schema = builder.ToSchema();
    }

    public RowSource<TRow> Source { get; }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    public long? GetRowCount() => Source.RowCount is { } count ? Math.Min(count, Source.Options.Take ?? long.MaxValue) : null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var active = new bool[Schema.Count];
        foreach (DataViewSchema.Column column in columnsNeeded)
        {
            if (column.Index >= Schema.Count || Schema[column.Index].Name != column.Name)
                throw new ArgumentException($"Column '{column.Name}' is not one of this data view.", nameof(columnsNeeded));
            active[column.Index] = true;
        }
        return new RowCursor<TRow>(this, active, Rows(active));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private IEnumerable<TRow> Rows(bool[] active)
    {
        long left = Source.Options.Take ?? long.MaxValue;
        if (left == 0)
            yield break;
        long good = 0;
        BadRowLog.Pass badRows = _badRows.Start();
        foreach (TRow row in Source.Read(name => active[Schema[name].Index], badRows))
        {
            good++;
            yield return row;
            if (--left == 0)
                yield break;
        }
        badRows.Complete(good);
    }
}
