using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Packing;
using VlmMlNet.Cpu.Weights;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Cpu;

/// <summary>A random matrix in a format of the kernels, and what it is multiplied with.</summary>
internal sealed unsafe class TestMatrix : IDisposable
{
    private readonly NativeBuffer _data, _scales, _rest;

    public TestMatrix(WeightFormat format, int rows, int columns, int seed) : this(format, rows, columns, Random(rows * columns, seed), out bool isHeld) => Assert.True(isHeld);

    public TestMatrix(WeightFormat format, int rows, int columns, float[] values, out bool isHeld)
    {
        Values = values;
        _data = new NativeBuffer(WeightMatrix.BytesOf(format, rows, columns));
        _scales = new NativeBuffer(WeightMatrix.TilesOf(rows) * WeightMatrix.TileRows * sizeof(float));
        _rest = new NativeBuffer((long)WeightMatrix.TilesOf(rows) * CompactRows.RestBytes(WeightMatrix.Pad(WeightFormat.CompactBFloat16, columns)));
        Weights = new WeightMatrix(format, rows, columns, _data.Data, (float*)_scales.Data, _rest.Data);
        isHeld = true;
        if (format is not (WeightFormat.Float32 or WeightFormat.BFloat16))
        {
            using var floats = tensor(values, [rows, columns]);
            isHeld = MatrixPacker.Pack(floats, Weights);
            return;
        }
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < columns; k++)
            {
                int at = r * Weights.PaddedColumns + k;
                if (format == WeightFormat.Float32)
                    ((float*)_data.Data)[at] = values[r * columns + k];
                else
                    ((ushort*)_data.Data)[at] = ToBFloat16(values[r * columns + k]);
            }
    }

    public WeightMatrix Weights { get; }

    /// <summary>Before rounding, [rows, columns].</summary>
    public float[] Values { get; }

    /// <summary>A row after rounding.</summary>
    public float[] Row(int row)
    {
        var floats = new float[Weights.Columns];
        Weights.ReadRow(row, floats);
        return floats;
    }

    /// <summary>y = W x, [tokens, rows to whole tiles], as a decoder computes it: in pieces.</summary>
    public float[] Multiply(KernelSet kernels, float[][] inputs, int tilesAtATime = 2)
    {
        int stride = Weights.Tiles * WeightMatrix.TileRows;
        using var activations = new Activations(kernels);
        activations.Prepare(Weights.Format, inputs.Length, Weights.Columns);
        using var x = new NativeBuffer(activations.PaddedColumns * sizeof(float));
        for (int token = 0; token < inputs.Length; token++)
        {
            inputs[token].CopyTo(new Span<float>(x.Data, Weights.Columns));
            kernels.Quantize((float*)x.Data, activations, token);
        }
        using var y = new NativeBuffer((long)inputs.Length * stride * sizeof(float));
        for (int tile = 0; tile < Weights.Tiles; tile += tilesAtATime)
            kernels.Multiply(Weights, activations, tile, Math.Min(tile + tilesAtATime, Weights.Tiles), (float*)y.Data, stride);
        return new ReadOnlySpan<float>(y.Data, inputs.Length * stride).ToArray();
    }

    private static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * MathF.Pow(4, random.NextSingle()))];
    }

    /// <summary>To the nearest, ties to even; finite.</summary>
    public static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    public void Dispose()
    {
        _data.Dispose();
        _scales.Dispose();
        _rest.Dispose();
    }
}
