using VlmMlNet.Cpu.Packing;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Tensors;
using static TorchSharp.torch;

namespace VlmMlNet.Benchmarks.Arithmetic;

/// <summary>A random matrix in a format of the kernels.</summary>
internal sealed unsafe class KernelMatrix : IDisposable
{
    private readonly NativeBuffer _data, _scales, _rest;

    public KernelMatrix(WeightFormat format, int rows, int columns)
    {
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        _data = new NativeBuffer(WeightMatrix.BytesOf(format, rows, columns));
        _scales = new NativeBuffer((long)WeightMatrix.TilesOf(rows) * WeightMatrix.TileRows * sizeof(float));
        _rest = new NativeBuffer((long)WeightMatrix.TilesOf(rows) * CompactRows.RestBytes(WeightMatrix.Pad(WeightFormat.CompactBFloat16, columns)));
        Weights = new WeightMatrix(format, rows, columns, _data.Data, (float*)_scales.Data, _rest.Data);
        var values = randn([rows, columns], ScalarType.BFloat16);
        if (format is not (WeightFormat.Float32 or WeightFormat.BFloat16))
        {
            if (!MatrixPacker.Pack(values, Weights))
                throw new InvalidOperationException($"{format} cannot hold random numbers.");
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
        _rest.Dispose();
    }
}
