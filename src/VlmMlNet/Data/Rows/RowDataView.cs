using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Data.Formats;

namespace VlmMlNet.Data.Rows;

/// <summary>A <see cref="RowSource{TRow}"/> as IDataView: lazy, read anew by every cursor, in the file's order or with its
/// parts shuffled. A row's id is its place in the file's order.</summary>
internal sealed class RowDataView<TRow> : FileDataView
{
    private readonly BadRowLog _badRows;
    private readonly BadRowLog _unanswered;     // apart: not every pass over the file meets them as bad rows
    private readonly bool _needsAnswers;
    private readonly Lazy<RowDataView<TRow>> _toLearnFrom;
    private readonly Lock _indexing = new();
    private volatile RowIndex? _index;

    /// <param name="environment">Takes warnings.</param>
    /// <param name="source">Reads the rows.</param>
    /// <param name="reader">The method of the catalog that the user chose; null where the format was recognised.</param>
    public RowDataView(IHostEnvironment environment, RowSource<TRow> source, string? reader = null)
        : this(environment, source, new BadRowLog(environment, source.Path, source.Options), source.Options.NeedsAnswers, reader)
    {
    }

    private RowDataView(IHostEnvironment environment, RowSource<TRow> source, BadRowLog badRows, bool needsAnswers, string? reader)
    {
        Source = source;
        Reader = source.Options.AreNamedByColumns ? null : reader;
        _badRows = badRows;
        _unanswered = new BadRowLog(environment, source.Path, source.Options);
        _needsAnswers = needsAnswers;
        _toLearnFrom = new(() => new(environment, source, badRows, needsAnswers: true, reader));
        Schema = LearnedColumns.SchemaOf(source.Columns.Select(column => (column.Name, column.Type)), SkipsBadRows);
        _index = source.Index;
    }

    /// <summary>The method of the catalog that the user chose; null where the format was recognised.</summary>
    public string? Reader { get; }

    public override string Path => Source.Path;

    public override bool SkipsBadRows => Source.Options.BadRows == BadRowHandling.Skip;

    public RowSource<TRow> Source { get; }

    public override DataViewSchema Schema { get; }

    private long Limit => Source.Options.Take ?? long.MaxValue;

    public override long? GetRowCount() => _index?.RowCount ?? (Source.RowCount is { } count ? Math.Min(count, Limit) : null);

    public override FileDataView ToLearnFrom() => _needsAnswers ? this : _toLearnFrom.Value;

    public override long CountRows() => GetRowCount() ?? Index().RowCount;

    public override DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? order, long firstRow, RowSelection? selection)
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
        return new RowCursor<TRow>(this, active, order is null && firstRow == 0 && selection is null ? ReadAll(IsActive) : ReadParts(IsActive, order, firstRow, selection));
    }

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

    private IEnumerable<ReadRow<TRow>> ReadAll(Func<string, bool> isActive)
    {
        long number = 0, limit = Limit;
        RowIndexBuilder? index = _index is null ? new RowIndexBuilder() : null;
        BadRowLog.Pass badRows = _badRows.Start(), unanswered = _unanswered.Start();
        if (limit > 0)
        {
            var reading = new RowReading(isActive, badRows, default);
            foreach ((TRow row, MalformedInputException? problem) in Read(reading, unanswered))
            {
                index?.Add(reading.TakePlace());
                yield return new(number++, row, problem);
                if (number == limit)
                    break;
            }
        }
        if (number < limit)
        {
            badRows.Complete(number);
            unanswered.Complete(number);
        }
        if (index is not null)
            _index = index.Complete();
    }

    /// <summary>The rows of the source. One that lacks a picture or an answer is left out where bad rows are; else it stays, so that
    /// whoever reads it may leave it out as it does unreadable pictures, and asking for its values is the error.</summary>
    private IEnumerable<(TRow Row, MalformedInputException? Problem)> Read(RowReading reading, BadRowLog.Pass unanswered)
    {
        foreach (TRow row in Source.Read(reading))
        {
            BadRowLog.Pass badRows = reading.BadRows;
            RowProblemException? lack = RowRules.Find(row, needsAnswers: false);
            if (lack is null && _needsAnswers)
                (lack, badRows) = (RowRules.Find(row, needsAnswers: true), unanswered);
            if (lack is null)
            {
                yield return (row, null);
                continue;
            }
            (string path, long number, (long Line, long? Offset)? place) = reading.Current!.Value;
            if (Source.Options.BadRows == BadRowHandling.Skip)
                badRows.Add(path, number, lack.Message, lack.Remedy, place: place);
            else
                yield return (row, new MalformedInputException(path, lack.Message, lack.Remedy, number));
        }
    }

    private IEnumerable<ReadRow<TRow>> ReadParts(Func<string, bool> isActive, Random? order, long firstRow, RowSelection? selection)
    {
        RowIndex index = Index();
        if (firstRow >= (selection?.Count ?? index.RowCount))
            yield break;
        if (order is null && selection is null) // without a stop between parts
        {
            RowPart part = index.Parts[index.PartOf(firstRow)];
            foreach (var row in ReadPart(isActive, part with { Rows = index.RowCount - part.FirstRow }, firstRow - part.FirstRow, null))
                yield return row;
            yield break;
        }
        int[] places = [.. Enumerable.Range(0, index.Parts.Count)];
        order?.Shuffle(places);
        foreach (int place in places)
        {
            RowPart part = index.Parts[place];
            long rows = selection?.CountOf(part.FirstRow, part.Rows) ?? part.Rows;
            long passed = Math.Min(firstRow, rows);
            firstRow -= passed;
            if (passed == rows)
                continue;
            foreach (var row in ReadPart(isActive, part, passed, selection))
                yield return row;
        }
    }

    private IEnumerable<ReadRow<TRow>> ReadPart(Func<string, bool> isActive, RowPart part, long skip, RowSelection? selection)
    {
        long number = part.FirstRow, end = part.FirstRow + part.Rows;
        foreach ((TRow row, MalformedInputException? problem) in Read(new RowReading(isActive, _badRows.StartAgain(), part.Start), _unanswered.StartAgain()))
        {
            if (selection?.Contains(number) != false && --skip < 0)
                yield return new(number, row, problem);
            if (++number == end)
                yield break;
        }
        throw new MalformedInputException(Source.Path, "it has fewer rows than when it was read before", "Leave data as it is while it is in use.");
    }
}
