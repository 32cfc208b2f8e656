using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Packing;
using static TorchSharp.torch;

namespace VlmMlNet.Cpu.Weights.Layouts;

/// <summary><see cref="WeightFormat.CompactBFloat16"/>; see <see cref="CompactRows"/>.</summary>
internal sealed unsafe class CompactLayout() : WeightLayout(WeightFormat.CompactBFloat16)
{
    public override int ColumnStep => CompactRows.BlockColumns;

    public override bool IsOfBFloat16 => true;

    public override int RestBytes(int paddedColumns) => CompactRows.RestBytes(paddedColumns);

    public override long BytesOf(int rows, int paddedColumns) => rows * CompactRows.BytesOf(paddedColumns);

    public override (ScalarType Type, long[] Shape) InFile(int rows, int paddedColumns) =>
        (ScalarType.Byte, [rows, paddedColumns / CompactRows.BlockColumns, CompactRows.BlockBytes]);

    public override string? FindFault(WeightMatrix matrix) => CompactRows.FindFault(matrix);

    public override bool PackTile<TLanes>(float* rows, int count, WeightMatrix target, int tile) => CompactPacker<TLanes>.Pack(rows, count, target, tile);

    public override void ReadRow(WeightMatrix matrix, int row, Span<float> target) => CompactRows.Read(matrix, row, target);

    public override void Quantize(KernelSet kernels, float* x, Activations target, int token) => kernels.ScaleFloats(x, target, token);

    public override void Multiply(KernelSet kernels, WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride) =>
        kernels.MultiplyCompact(weights, x, firstTile, endTile, y, stride);
}
