using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Cpu.Language;

/// <summary>Arrays of floats with a row for each token of a pass, which grow with their number, and memory of each worker. Rows are
/// padded with zeros that nothing overwrites.</summary>
internal abstract unsafe class RowBuffers : IDisposable
{
    private readonly List<NativeBuffer> _buffers = [];
    private NativeBuffer? _workers;
    private int _rows;

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        _buffers.ForEach(b => b.Dispose());
        _workers?.Dispose();
    }

    /// <summary>Whether more rows are asked for than there are; then the arrays are to be made anew.</summary>
    protected bool Grow(int rows)
    {
        if (rows <= _rows)
            return false;
        _rows = rows;
        _buffers.ForEach(b => b.Dispose());
        _buffers.Clear();
        return true;
    }

    /// <summary>An array, [rows, width].</summary>
    protected float* Rows(int width)
    {
        _buffers.Add(new NativeBuffer((long)_rows * width * sizeof(float)));
        return (float*)_buffers[^1].Data;
    }

    /// <summary>Memory of all workers; what it held is gone where it grows.</summary>
    protected float* Workers(long floats)
    {
        if (_workers is null || _workers.Length < floats * sizeof(float))
        {
            _workers?.Dispose();
            _workers = new NativeBuffer(floats * sizeof(float));
        }
        return (float*)_workers.Data;
    }
}
