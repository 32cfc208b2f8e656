using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Tensors;
using static TorchSharp.torch;

namespace VlmMlNet.Cpu.Weights.Layouts;

/// <summary><see cref="WeightFormat.Float32"/>.</summary>
internal sealed unsafe class Float32Layout() : WeightLayout(WeightFormat.Float32)
{
    public override int ColumnStep => 16;

    public override bool IsOfModule => true;

    public override bool HasScales => false;

    public override long BytesOf(int rows, int paddedColumns) => (long)rows * paddedColumns * sizeof(float);

    public override (ScalarType Type, long[] Shape) InFile(int rows, int paddedColumns) => (ScalarType.Float32, [rows, paddedColumns]);

    // Rows, each padded.
    public override bool Pack(Tensor weight, WeightMatrix target)
    {
        using var scope = NewDisposeScope();
        var floats = weight.detach().flatten(1).to(ScalarType.Float32, CPU).contiguous();
        for (int row = 0; row < target.Rows; row++)
            new ReadOnlySpan<float>(TensorMemory.Pointer<float>(floats) + (long)row * target.Columns, target.Columns)
                .CopyTo(new Span<float>((float*)target.Data + (long)row * target.PaddedColumns, target.Columns));
        return true;
    }

    public override void ReadRow(WeightMatrix matrix, int row, Span<float> target) =>
        new ReadOnlySpan<float>((float*)matrix.Data + (long)row * matrix.PaddedColumns, matrix.Columns).CopyTo(target);

    public override void Quantize(KernelSet kernels, float* x, Activations target, int token) => KernelSet.CopyFloats(x, target, token);

    public override void Multiply(KernelSet kernels, WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride) =>
        kernels.MultiplyFloat32(weights, x, firstTile, endTile, y, stride);
}
