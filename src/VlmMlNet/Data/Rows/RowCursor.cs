using Microsoft.ML;
using Microsoft.ML.Data;

namespace VlmMlNet.Data.Rows;

/// <summary>Walks over the rows of a <see cref="RowDataView{TRow}"/>; a row's id is its place in the file's order.</summary>
internal sealed class RowCursor<TRow>(RowDataView<TRow> view, bool[] active, IEnumerable<(long Id, TRow Row)> rows) : DataViewRowCursor
{
    private readonly IEnumerator<(long Id, TRow Row)> _rows = rows.GetEnumerator();
    private long _position = -1;
    private bool _done;

    public override DataViewSchema Schema => view.Schema;

    public override long Position => _position;

    public override long Batch => 0;

    public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

    public override bool MoveNext()
    {
        if (_done)
            return false;
        bool moved = false;
        try
        {
            moved = _rows.MoveNext();
        }
        finally
        {
            if (!moved)
            {
                _done = true;
                _position = -1;
            }
        }
        if (moved)
            _position++;
        return moved;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter()
    {
        void Get(ref DataViewRowId id)
        {
            CheckOnRow();
            id = new DataViewRowId((ulong)_rows.Current.Id, 0);
        }
        return Get;
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new ArgumentOutOfRangeException(nameof(column), $"Column '{column.Name}' was not asked for when the cursor was made.");
        return view.Source.Columns[column.Index].CreateGetter(Current) as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Invalid TValue: '{typeof(TValue)}', expected type: '{column.Type.RawType}'.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _done = true;
            _position = -1;
            _rows.Dispose();
        }
        base.Dispose(disposing);
    }

    private TRow Current()
    {
        CheckOnRow();
        return _rows.Current.Row;
    }

    private void CheckOnRow()
    {
        if (_position < 0)
            throw new InvalidOperationException("The cursor is not on a row: MoveNext was not called, or returned false.");
    }
}
