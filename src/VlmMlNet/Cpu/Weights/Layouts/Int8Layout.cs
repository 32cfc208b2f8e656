using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Packing;
using static TorchSharp.torch;

namespace VlmMlNet.Cpu.Weights.Layouts;

/// <summary><see cref="WeightFormat.Int8"/>.</summary>
internal sealed unsafe class Int8Layout() : WeightLayout(WeightFormat.Int8)
{
    public override int ColumnStep => WeightMatrix.Int8Group;

    public override int InputGroup => WeightMatrix.Int8Group;

    public override long BytesOf(int rows, int paddedColumns) => (long)WeightMatrix.TilesOf(rows) * WeightMatrix.TileRows * paddedColumns;

    public override (ScalarType Type, long[] Shape) InFile(int rows, int paddedColumns) =>
        (ScalarType.Byte, [WeightMatrix.TilesOf(rows), paddedColumns / 4, WeightMatrix.TileRows, 4]);

    public override int InputBytes(bool hasByteProducts) => hasByteProducts ? sizeof(byte) : sizeof(short);

    public override bool PackTile<TLanes>(float* rows, int count, WeightMatrix target, int tile)
    {
        byte* data = target.Data + tile * target.TileBytes;
        for (int row = 0; row < count; row++, rows += target.PaddedColumns)
            target.Scales[tile * WeightMatrix.TileRows + row] = TilePacker<TLanes>.PackInt8(rows, target.PaddedColumns, (int*)data + row);
        return true;
    }

    public override void ReadRow(WeightMatrix matrix, int row, Span<float> target)
    {
        int lane = row % WeightMatrix.TileRows;
        byte* tile = matrix.Data + row / WeightMatrix.TileRows * matrix.TileBytes;
        float rowScale = matrix.Scales[row];
        for (int k = 0; k < matrix.Columns; k++)
            target[k] = (tile[k / 4 * 4 * WeightMatrix.TileRows + lane * 4 + k % 4] - WeightMatrix.Int8Offset) * rowScale;
    }

    public override void Quantize(KernelSet kernels, float* x, Activations target, int token) => kernels.QuantizeInt8(x, target, token);

    public override void Multiply(KernelSet kernels, WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride) =>
        kernels.MultiplyInt8(weights, x, firstTile, endTile, y, stride);
}
