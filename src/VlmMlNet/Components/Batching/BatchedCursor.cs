using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace VlmMlNet.Components.Batching;

/// <summary>The cursor of a <see cref="BatchedDataView"/>.</summary>
internal sealed class BatchedCursor : DataViewRowCursor
{
    private readonly BatchMapping _mapping;
    private readonly bool[] _active;
    private readonly DataViewRowCursor _main;
    private readonly DataViewRowCursor? _ahead;
    private readonly RowBatch? _batch;
    private readonly Dictionary<int, KeptColumn> _kept = [];
    private readonly List<DataViewRowId> _ids = [];
    private readonly ValueGetter<DataViewRowId>? _mainId, _aheadId;
    private long _first, _read;
    private ExceptionDispatchInfo? _failure;
    private bool _disposed;

    /// <param name="mapping">What is added.</param>
    /// <param name="active">Flags of the output's columns.</param>
    /// <param name="main">Stands on the user's row; has the active input columns but the kept ones.</param>
    /// <param name="ahead">Reads batches; null where no added column is active.</param>
    /// <param name="kept">Columns that <paramref name="ahead"/> reads for the user.</param>
    public BatchedCursor(BatchMapping mapping, bool[] active, DataViewRowCursor main, DataViewRowCursor? ahead, IEnumerable<DataViewSchema.Column> kept)
    {
        (_mapping, _active, _main, _ahead) = (mapping, active, main, ahead);
        if (ahead is null)
            return;
        _batch = mapping.CreateBatch(ahead, c => active[mapping.InputSchema.Count + c]);
        _mainId = main.GetIdGetter();
        _aheadId = ahead.GetIdGetter();
        _batch.ReadNext = mapping.IsContinuous ? ReadNext : null;
        foreach (var column in kept)
            _kept.Add(column.Index, KeptColumn.Create(ahead, column));
    }

    public override DataViewSchema Schema => _mapping.OutputSchema;

    public override long Position => _main.Position;

    public override long Batch => _main.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => _main.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override bool MoveNext() => _main.MoveNext();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new ArgumentOutOfRangeException(nameof(column), $"Column '{column.Name}' is not active.");
        int added = column.Index - _mapping.InputSchema.Count;
        if (added < 0 && !_kept.ContainsKey(column.Index))
            return _main.GetGetter<TValue>(_main.Schema[column.Index]);
        Delegate getter = added < 0 ? _kept[column.Index].CreateGetter(Current) : _batch!.CreateGetter(added, () => Compute(added));
        return getter as ValueGetter<TValue> ?? throw BatchMapping.WrongType<TValue>(column);
    }

    protected override void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        _disposed = true;
        if (disposing)
        {
            _batch?.Dispose();
            _ahead?.Dispose();
            _main.Dispose();
        }
        base.Dispose(disposing);
    }

    private int Compute(int added)
    {
        int row = Current();
        Guard(() => _batch!.Ensure(added));
        return row;
    }

    // The current row's place in the batch, which is read when it does not hold the row yet.
    private int Current()
    {
        long position = Position;
        if (position < 0)
            throw new InvalidOperationException("The cursor is not on a row: call MoveNext first.");
        _failure?.Throw();
        if (position >= _first + _batch!.Count || (_mapping.IsContinuous && position > _first))
            Guard(() => Read(position));
        int row = (int)(position - _first);
        DataViewRowId id = default;
        _mainId!(ref id);
        return id.Equals(_ids[row]) ? row : throw RowsDiffer(position);
    }

    private void Read(long position)
    {
        if (_mapping.IsContinuous)
            RemoveBefore(position);
        else
            Clear();
        if (_batch!.Count == 0)
        {
            while (_read < position && _ahead!.MoveNext())
                _read++; // rows that nobody asked for
            _first = _read;
            int wanted = _mapping.IsContinuous ? 1 : _mapping.BatchSize;
            while (_batch.Count < wanted && ReadNext())
            {
            }
        }
        if (_batch.Count == 0 || _first != position)
            throw RowsDiffer(position);
    }

    private void Clear()
    {
        _batch!.Clear();
        _ids.Clear();
        foreach (var kept in _kept.Values)
            kept.Clear();
    }

    private void RemoveBefore(long position)
    {
        for (; _first < position && _batch!.Count > 0; _first++)
        {
            _batch.RemoveFirst();
            _ids.RemoveAt(0);
            foreach (var kept in _kept.Values)
                kept.RemoveFirst();
        }
    }

    private bool ReadNext()
    {
        if (!_ahead!.MoveNext())
            return false;
        _batch!.Add(_read++);
        DataViewRowId id = default;
        _aheadId!(ref id);
        _ids.Add(id);
        foreach (var kept in _kept.Values)
            kept.Add();
        return true;
    }

    // After an error the two cursors are out of step: later calls meet the same error, never another row's values.
    private void Guard(Action action)
    {
        try
        {
            _mapping.Host.CheckAlive();
            action();
        }
        catch (Exception e)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
            throw;
        }
    }

    private static InvalidOperationException RowsDiffer(long position) => new(
        $"Row {position} of the data is another one when the data is read a second time. Batches are read ahead of the row that is asked for: " +
        "use data that gives the same rows in the same order every time, such as a list instead of an iterator.");
}
