using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Packing;
using static TorchSharp.torch;

namespace VlmMlNet.Cpu.Weights.Layouts;

/// <summary><see cref="WeightFormat.Int4"/>.</summary>
internal sealed unsafe class Int4Layout() : WeightLayout(WeightFormat.Int4)
{
    public override int ColumnStep => WeightMatrix.Int4Columns;

    // Embeddings are read one row at a time, and the output layer decides among all words: 8 bits are worth it there.
    public override WeightFormat Outer => WeightFormat.Int8;

    public override long BytesOf(int rows, int paddedColumns) => (long)WeightMatrix.TilesOf(rows) * (paddedColumns / WeightMatrix.Int4Columns) * WeightMatrix.Int4Bytes;

    public override (ScalarType Type, long[] Shape) InFile(int rows, int paddedColumns) =>
        (ScalarType.Byte, [WeightMatrix.TilesOf(rows), paddedColumns / WeightMatrix.Int4Columns, WeightMatrix.Int4Bytes]);

    public override int InputBytes(bool hasByteProducts) => sizeof(byte);

    public override bool PackTile<TLanes>(float* rows, int count, WeightMatrix target, int tile)
    {
        byte* data = target.Data + tile * target.TileBytes;
        for (int row = 0; row < count; row++, rows += target.PaddedColumns)
            target.Scales[tile * WeightMatrix.TileRows + row] = TilePacker<TLanes>.PackInt4(rows, target.PaddedColumns, data, row);
        return true;
    }

    public override void ReadRow(WeightMatrix matrix, int row, Span<float> target)
    {
        int lane = row % WeightMatrix.TileRows;
        byte* tile = matrix.Data + row / WeightMatrix.TileRows * matrix.TileBytes;
        for (int k = 0; k < matrix.Columns; k++)
        {
            int group = k / WeightMatrix.Int4Group, i = k % WeightMatrix.Int4Group, half = i / 16;
            int stored = Int4Group.Nibbles(tile, group)[i % 16 / 4 * 64 + lane * 4 + i % 4] >> (4 * half) & 15;
            target[k] = (stored - Int4Group.Offset) * Int4Group.Scale(Int4Group.Scales(tile, group)[lane]) * matrix.Scales[row];
        }
    }

    public override void Quantize(KernelSet kernels, float* x, Activations target, int token) => kernels.QuantizeInt4(x, target, token);

    public override void Multiply(KernelSet kernels, WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride) =>
        kernels.MultiplyInt4(weights, x, firstTile, endTile, y, stride);
}
