using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace VlmMlNet.Components.Columns;

/// <summary>Copies of the rows of a column of float vectors of one size, side by side.</summary>
internal sealed class FloatRows(DataViewRow row, DataViewSchema.Column column)
{
    private readonly int _size = ((VectorDataViewType)column.Type).Size;
    private readonly ValueGetter<VBuffer<float>> _get = row.GetGetter<VBuffer<float>>(column);
    private VBuffer<float> _buffer;
    private float[] _values = [];

    /// <summary>Rows read.</summary>
    public int Count { get; private set; }

    public void Clear() => Count = 0;

    /// <summary>Reads the row that the cursor stands on.</summary>
    /// <param name="number">Its number, for errors.</param>
    public void Add(long number)
    {
        _get(ref _buffer);
        if (_buffer.Length != _size)
            throw new MalformedInputException($"column '{column.Name}'", $"the vector has {_buffer.Length} values instead of {_size}", row: number);
        if (_values.Length < (Count + 1) * _size)
            Array.Resize(ref _values, Math.Max(2 * _values.Length, _size));
        _buffer.CopyTo(_values.AsSpan(Count++ * _size, _size));
    }

    /// <summary>Whether the row is missing: NaN in its first place, as the image encoder writes it.</summary>
    public bool IsMissing(int index) => float.IsNaN(_values[index * _size]);

    /// <summary>One row.</summary>
    public ReadOnlySpan<float> Row(int index) => _values.AsSpan(index * _size, _size);

    /// <summary>Some rows as a tensor [rows, size / width, width] on the CPU.</summary>
    public Tensor ToTensor(IReadOnlyList<int> indices, int width)
    {
        var tensor = empty([indices.Count, _size / width, width], ScalarType.Float32);
        var destination = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        for (int i = 0; i < indices.Count; i++)
            _values.AsSpan(indices[i] * _size, _size).CopyTo(destination[(i * _size)..]);
        return tensor;
    }

    /// <summary>Copies one row of a float32 tensor on the CPU.</summary>
    public static void Copy(Tensor from, long index, Span<float> to)
    {
        using var one = from[index];
        using var contiguous = one.contiguous();
        MemoryMarshal.Cast<byte, float>(contiguous.bytes).CopyTo(to);
    }
}
