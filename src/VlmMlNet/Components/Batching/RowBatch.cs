using Microsoft.ML;
using Microsoft.ML.Data;

namespace VlmMlNet.Components.Batching;

/// <summary>Some rows' inputs, and what is computed from them. Belongs to one cursor and is used by one thread at a time.</summary>
internal abstract class RowBatch(int addedColumns) : IDisposable
{
    private readonly bool[] _computed = new bool[addedColumns];

    /// <summary>Rows read.</summary>
    public int Count { get; private set; }

    /// <summary>Reads and adds the row after the last one, where there is one; null where rows come in whole batches. See
    /// <see cref="BatchMapping.IsContinuous"/>.</summary>
    public Func<bool>? ReadNext { get; set; }

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        Count = 0;
        Array.Clear(_computed);
        ClearRows();
    }

    /// <summary>Reads the row that the input stands on; keeps copies, because the next row overwrites its buffers.</summary>
    /// <param name="row">The row's number in the data, for errors.</param>
    public void Add(long row)
    {
        AddRow(row);
        Count++;
    }

    /// <summary>Forgets the first row; only where the mapping is continuous.</summary>
    public void RemoveFirst()
    {
        Count--;
        RemoveFirstRow();
    }

    /// <summary>Computes an added column for all rows, or for the first where the mapping is continuous, unless that was done.</summary>
    public virtual void Ensure(int column)
    {
        if (_computed[column])
            return;
        Compute(column);
        _computed[column] = true;
    }

    /// <summary>A ValueGetter of the column's raw type.</summary>
    /// <param name="column">An added column, counted from 0.</param>
    /// <param name="current">Makes sure that the column is computed, and gives the wanted row's place in the batch.</param>
    public abstract Delegate CreateGetter(int column, Func<int> current);

    /// <summary>Frees what the rows took.</summary>
    public virtual void Dispose() => ClearRows();

    protected abstract void ClearRows();

    protected virtual void RemoveFirstRow() => throw new NotSupportedException("The rows of this batch are computed together.");

    protected abstract void AddRow(long row);

    protected abstract void Compute(int column);

    /// <summary>A getter that copies one row of [rows, size] values.</summary>
    protected static ValueGetter<VBuffer<float>> VectorGetter(Func<int> current, Func<float[]> values, int size)
    {
        return (ref VBuffer<float> value) =>
        {
            int row = current();
            var editor = VBufferEditor.Create(ref value, size);
            values().AsSpan(row * size, size).CopyTo(editor.Values);
            value = editor.Commit();
        };
    }
}
