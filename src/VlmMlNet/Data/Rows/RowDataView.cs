using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace VlmMlNet.Data.Rows;

/// <summary>A <see cref="RowSource{TRow}"/> as IDataView: lazy, read anew by every cursor, in the file's order or with its
/// parts shuffled. A row's id is its place in the file's order.</summary>
internal sealed class RowDataView<TRow> : IRowStream
{
    private readonly BadRowLog _badRows;
    private readonly Lock _indexing = new();
    private volatile RowIndex? _index;

    public RowDataView(IHostEnvironment environment, RowSource<TRow> source)
    {
        Source = source;
        _badRows = new BadRowLog(environment, source.Path, source.Options);
        var builder = new DataViewSchema.Builder();
        foreach (RowColumn<TRow> column in source.Columns)
            builder.AddColumn(column.Name, column.Type);
        Schema = builder.ToSchema();
        _index = source.Index;
    }

    public RowSource<TRow> Source { get; }

    public DataViewSchema Schema { get; }

    /// <summary>True: a cursor that is given a generator of random numbers reads the parts of the data (files, row groups,
    /// stretches of a file) in an order that these decide.</summary>
    public bool CanShuffle => true;

    public bool HasConversations => Schema.GetColumnOrNull(VisionLanguageColumns.Conversation) is not null;

    private long Limit => Source.Options.Take ?? long.MaxValue;

    public long? GetRowCount() => _index?.RowCount ?? (Source.RowCount is { } count ? Math.Min(count, Limit) : null);

    public long CountRows() => GetRowCount() ?? Index().RowCount;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => GetRowCursor(columnsNeeded, rand, 0);

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? order, long firstRow)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var active = new bool[Schema.Count];
        foreach (DataViewSchema.Column column in columnsNeeded)
        {
            if (column.Index >= Schema.Count || Schema[column.Index].Name != column.Name)
                throw new ArgumentException($"Column '{column.Name}' is not one of this data view.", nameof(columnsNeeded));
            active[column.Index] = true;
        }
        bool IsActive(string name) => active[Schema[name].Index];
        return new RowCursor<TRow>(this, active, order is null && firstRow == 0 ? ReadAll(IsActive) : ReadParts(IsActive, order, firstRow));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    /// <summary>The parts of the data, found by a pass without pictures where no pass was made before.</summary>
    private RowIndex Index()
    {
        if (_index is { } known)
            return known;
        lock (_indexing)
        {
            if (_index is null)
            {
                foreach (var _ in ReadAll(_ => false))
                {
                }
            }
            return _index!;
        }
    }

    private IEnumerable<(long Id, TRow Row)> ReadAll(Func<string, bool> isActive)
    {
        long number = 0, limit = Limit;
        RowIndexBuilder? index = _index is null ? new RowIndexBuilder() : null;
        BadRowLog.Pass badRows = _badRows.Start();
        if (limit > 0)
        {
            var reading = new RowReading(isActive, badRows, default);
            foreach (TRow row in Source.Read(reading))
            {
                index?.Add(reading.TakePlace());
                yield return (number++, row);
                if (number == limit)
                    break;
            }
        }
        if (number < limit)
            badRows.Complete(number);
        if (index is not null)
            _index = index.Complete();
    }

    private IEnumerable<(long Id, TRow Row)> ReadParts(Func<string, bool> isActive, Random? order, long firstRow)
    {
        RowIndex index = Index();
        if (firstRow >= index.RowCount)
            yield break;
        if (order is null)
        {
            RowPart part = index.Parts[index.PartOf(firstRow)];
            foreach (var row in ReadPart(isActive, part with { Rows = index.RowCount - part.FirstRow }, firstRow - part.FirstRow))
                yield return row;
            yield break;
        }
        int[] places = [.. Enumerable.Range(0, index.Parts.Count)];
        order.Shuffle(places);
        foreach (int place in places)
        {
            RowPart part = index.Parts[place];
            long passed = Math.Min(firstRow, part.Rows);
            firstRow -= passed;
            if (passed == part.Rows)
                continue;
            foreach (var row in ReadPart(isActive, part, passed))
                yield return row;
        }
    }

    private IEnumerable<(long Id, TRow Row)> ReadPart(Func<string, bool> isActive, RowPart part, long skip)
    {
        long number = 0;
        foreach (TRow row in Source.Read(new RowReading(isActive, _badRows.StartAgain(), part.Start)))
        {
            if (number >= skip)
                yield return (part.FirstRow + number, row);
            if (++number == part.Rows)
                yield break;
        }
        throw new MalformedInputException(Source.Path, "it has fewer rows than when it was read before", "Leave data as it is while it is in use.");
    }
}
