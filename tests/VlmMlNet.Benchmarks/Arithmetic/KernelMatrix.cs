using VlmMlNet.Generation.Packed;
using static TorchSharp.torch;

namespace VlmMlNet.Benchmarks.Arithmetic;

/// <summary>A random matrix in a format of the kernels.</summary>
internal sealed unsafe class KernelMatrix : IDisposable
{
    private readonly NativeBuffer _data, _scales;

    public KernelMatrix(WeightFormat format, int rows, int columns)
    {
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        _data = new NativeBuffer(WeightMatrix.BytesOf(format, rows, columns));
        _scales = new NativeBuffer((long)WeightMatrix.TilesOf(rows) * WeightMatrix.TileRows * sizeof(float));
        Weights = new WeightMatrix(format, rows, columns, _data.Data, (float*)_scales.Data);
        var values = randn([rows, columns], ScalarType.BFloat16);
        if (format is WeightFormat.Int8 or WeightFormat.Int4)
        {
            MatrixPacker.Pack(values, Weights);
            return;
        }
        var rounded = nn.functional.pad(format == WeightFormat.Float32 ? values.to(ScalarType.Float32) : values, (0, Weights.PaddedColumns - columns)).contiguous();
        Buffer.MemoryCopy(TensorMemory.Pointer<byte>(rounded), _data.Data, _data.Length, _data.Length);
        GC.KeepAlive(rounded);
    }

    public WeightMatrix Weights { get; }

    public void Dispose()
    {
        _data.Dispose();
        _scales.Dispose();
    }
}
