using static TorchSharp.torch;

namespace VlmMlNet.Generation.Packed;

/// <summary>Rounds trained matrices into the formats of the kernels.</summary>
internal static unsafe class MatrixPacker
{
    private const int RowsAtATime = 1024; // whole tiles; of a wide matrix some megabytes of floats

    /// <summary>Fills a matrix.</summary>
    /// <param name="weight">[rows, columns], floats of any kind, on any device.</param>
    /// <param name="target">Its memory is zeroed.</param>
    public static void Pack(Tensor weight, WeightMatrix target)
    {
        using var unrecorded = no_grad();
        if (target.Format is not (WeightFormat.Int8 or WeightFormat.Int4))
            throw new ArgumentException($"{target.Format} is libtorch's own.", nameof(target));
        for (int first = 0; first < target.Rows; first += RowsAtATime)
        {
            using var scope = NewDisposeScope();
            int rows = Math.Min(RowsAtATime, target.Rows - first);
            var block = weight.narrow(0, first, rows).to(ScalarType.Float32, CPU).contiguous();
            float* source = TensorMemory.Pointer<float>(block);
            int firstTile = first / WeightMatrix.TileRows;
            Parallel.For(0, WeightMatrix.TilesOf(rows), tile =>
            {
                int row = tile * WeightMatrix.TileRows, count = Math.Min(WeightMatrix.TileRows, rows - row);
                float* floats = source + (long)row * target.Columns;
                byte* data = target.Data + (firstTile + tile) * target.TileBytes;
                if (target.Format == WeightFormat.Int8)
                    PackInt8(floats, count, target.Columns, data, target.Scales + first + row);
                else
                    PackInt4(floats, count, target.Columns, data);
            });
            GC.KeepAlive(block);
        }
    }

    private static void PackInt8(float* source, int rows, int columns, byte* tile, float* scales)
    {
        for (int r = 0; r < rows; r++, source += columns)
        {
            float largest = 0;
            for (int k = 0; k < columns; k++)
                largest = Math.Max(largest, Math.Abs(source[k]));
            scales[r] = largest / sbyte.MaxValue;
            float inverse = largest > 0 ? sbyte.MaxValue / largest : 0;
            for (int k = 0; k < columns; k++)
                tile[k / 2 * 2 * WeightMatrix.TileRows + r * 2 + k % 2] = (byte)(sbyte)MathF.Round(source[k] * inverse);
        }
    }

    private static void PackInt4(float* source, int rows, int columns, byte* tile)
    {
        const int Group = WeightMatrix.Int4Group;
        float* group = stackalloc float[Group];
        for (int r = 0; r < rows; r++, source += columns)
            for (int k = 0; k < columns; k += Group)
            {
                int count = Math.Min(Group, columns - k);
                for (int i = 0; i < Group; i++)
                    group[i] = i < count ? source[k + i] : 0;
                ushort scale = Int4Group.BestScale(group);
                float inverse = scale == 0 ? 0 : 1 / Int4Group.Float(scale);
                byte* nibbles = Int4Group.Nibbles(tile, k / Group);
                ((ushort*)Int4Group.Scales(tile, k / Group))[r] = scale;
                for (int i = 0; i < Group; i++)
                {
                    int value = Int4Group.Round(group[i] * inverse) + Int4Group.Offset;
                    int half = i / (Group / 2), j = i % (Group / 2) / 4, b = i % 4;
                    nibbles[j * 64 + r * 4 + b] |= (byte)(value << (4 * half));
                }
            }
    }
}
