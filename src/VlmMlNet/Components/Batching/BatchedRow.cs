using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace VlmMlNet.Components.Batching;

/// <summary>A row of a <see cref="BatchedRowToRowMapper"/>.</summary>
internal sealed class BatchedRow : DataViewRow
{
    private readonly BatchMapping _mapping;
    private readonly DataViewRow _input;
    private readonly bool[] _active;
    private readonly RowBatch? _batch;
    private long _position = -1;
    private bool _disposed;

    public BatchedRow(BatchMapping mapping, DataViewRow input, bool[] active)
    {
        (_mapping, _input, _active) = (mapping, input, active);
        _batch = mapping.NeedsAdded(active) ? mapping.CreateBatch(input, c => active[mapping.InputSchema.Count + c]) : null;
    }

    public override DataViewSchema Schema => _mapping.OutputSchema;

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new ArgumentOutOfRangeException(nameof(column), $"Column '{column.Name}' is not active.");
        int added = column.Index - _mapping.InputSchema.Count;
        return added < 0
            ? _input.GetGetter<TValue>(_input.Schema[column.Index])
            : _batch!.CreateGetter(added, () => Compute(added)) as ValueGetter<TValue> ?? throw BatchMapping.WrongType<TValue>(column);
    }

    protected override void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        _disposed = true;
        if (disposing)
        {
            _batch?.Dispose();
            _input.Dispose();
        }
        base.Dispose(disposing);
    }

    private int Compute(int added)
    {
        _mapping.Host.CheckAlive();
        if (_position != _input.Position)
        {
            _position = -1; // stays so when reading fails
            _batch!.Clear();
            _batch.Add(_input.Position);
            _position = _input.Position;
        }
        _batch!.Ensure(added);
        return 0;
    }
}
