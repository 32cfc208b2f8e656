namespace VlmMlNet.Cpu.Weights;

/// <summary>Single rows of a matrix as floats: embeddings.</summary>
internal static unsafe class EmbeddingRows
{
    /// <summary>Reads a row.</summary>
    /// <param name="matrix">In any format.</param>
    /// <param name="row">The row.</param>
    /// <param name="target">[Columns].</param>
    public static void Read(WeightMatrix matrix, int row, Span<float> target)
    {
        int columns = matrix.Columns, lane = row % WeightMatrix.TileRows;
        byte* tile = matrix.Data + row / WeightMatrix.TileRows * matrix.TileBytes;
        switch (matrix.Format)
        {
            case WeightFormat.Float32:
                new ReadOnlySpan<float>((float*)matrix.Data + (long)row * matrix.PaddedColumns, columns).CopyTo(target);
                break;
            case WeightFormat.BFloat16:
                ushort* source = (ushort*)matrix.Data + (long)row * matrix.PaddedColumns;
                for (int k = 0; k < columns; k++)
                    target[k] = Int4Group.Float(source[k]);
                break;
            case WeightFormat.CompactBFloat16:
                CompactRows.Read(matrix, row, target);
                break;
            case WeightFormat.Int8:
                float rowScale = matrix.Scales[row];
                for (int k = 0; k < columns; k++)
                    target[k] = (tile[k / 4 * 4 * WeightMatrix.TileRows + lane * 4 + k % 4] - WeightMatrix.Int8Offset) * rowScale;
                break;
            default:
                for (int k = 0; k < columns; k++)
                {
                    int group = k / WeightMatrix.Int4Group, i = k % WeightMatrix.Int4Group, half = i / 16;
                    int stored = Int4Group.Nibbles(tile, group)[i % 16 / 4 * 64 + lane * 4 + i % 4] >> (4 * half) & 15;
                    target[k] = (stored - Int4Group.Offset) * Int4Group.Scale(Int4Group.Scales(tile, group)[lane]) * matrix.Scales[row];
                }
                break;
        }
    }
}
