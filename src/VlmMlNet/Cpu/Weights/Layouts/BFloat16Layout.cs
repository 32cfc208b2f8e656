using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Tensors;
using static TorchSharp.torch;

namespace VlmMlNet.Cpu.Weights.Layouts;

/// <summary><see cref="WeightFormat.BFloat16"/>.</summary>
internal sealed unsafe class BFloat16Layout() : WeightLayout(WeightFormat.BFloat16)
{
    public override int ColumnStep => 16;

    public override bool IsOfModule => true;

    public override bool HasScales => false;

    public override long BytesOf(int rows, int paddedColumns) => (long)rows * paddedColumns * sizeof(ushort);

    public override (ScalarType Type, long[] Shape) InFile(int rows, int paddedColumns) => (ScalarType.BFloat16, [rows, paddedColumns]);

    public override void ReadRow(WeightMatrix matrix, int row, Span<float> target)
    {
        ushort* source = (ushort*)matrix.Data + (long)row * matrix.PaddedColumns;
        for (int k = 0; k < matrix.Columns; k++)
            target[k] = BFloat16.Widen(source[k]);
    }

    public override void Quantize(KernelSet kernels, float* x, Activations target, int token) => KernelSet.CopyFloats(x, target, token);

    public override void Multiply(KernelSet kernels, WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride) =>
        kernels.MultiplyBFloat16(weights, x, firstTile, endTile, y, stride);
}
