using Microsoft.ML;

namespace VlmMlNet.Data.Rows;

/// <summary>What the cursors over files and over mixtures of them have in common: where they stand, and what ends them.</summary>
/// <param name="schema">The columns.</param>
/// <param name="active">For each column whether it was asked for.</param>
internal abstract class ReadingCursor(DataViewSchema schema, bool[] active) : DataViewRowCursor
{
    private long _position = -1;
    private bool _done;

    public sealed override DataViewSchema Schema => schema;

    public sealed override long Position => _position;

    public sealed override long Batch => 0;

    /// <summary>The file of the row's picture, where column Image holds encoded pictures and this one is yet to be read; null otherwise.</summary>
    public abstract string? PictureFile { get; }

    public sealed override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

    public sealed override bool MoveNext()
    {
        if (_done)
            return false;
        bool moved = false;
        try
        {
            moved = MoveToNextRow();
        }
        finally
        {
            if (!moved)
                End();
        }
        if (moved)
            _position++;
        return moved;
    }

    public sealed override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new ArgumentOutOfRangeException(nameof(column), $"Column '{column.Name}' was not asked for when the cursor was made.");
        return CreateGetter(column.Index) as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Invalid TValue: '{typeof(TValue)}', expected type: '{column.Type.RawType}'.");
    }

    /// <summary>Goes on by a row. Not called again after it returned false or threw.</summary>
    protected abstract bool MoveToNextRow();

    /// <summary>Makes a getter of a column, of the column's type.</summary>
    protected abstract Delegate CreateGetter(int column);

    /// <summary>Frees what rows are read from.</summary>
    protected abstract void Close();

    protected void CheckOnRow()
    {
        if (_position < 0)
            throw new InvalidOperationException("The cursor is not on a row: MoveNext was not called, or returned false.");
    }

    protected sealed override void Dispose(bool disposing)
    {
        if (disposing)
        {
            End();
            Close();
        }
        base.Dispose(disposing);
    }

    private void End()
    {
        _done = true;
        _position = -1;
    }
}
