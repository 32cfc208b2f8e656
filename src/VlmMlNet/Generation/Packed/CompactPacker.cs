using System.Runtime.CompilerServices;

namespace VlmMlNet.Generation.Packed;

/// <summary>Writes sixteen rows of bfloat16 numbers as <see cref="CompactRows"/>.</summary>
internal static unsafe class CompactPacker
{
    private const int Mantissa = 7, MantissaMask = (1 << Mantissa) - 1, Sign = 0x8000, Exponent = 0xFF;
    private const int LargestScale = 127; // as a power of two; leaves out infinities too

    /// <summary>Fills a tile.</summary>
    /// <param name="rows">[count, target's padded columns], floats with the numbers of bfloat16.</param>
    /// <param name="count">Rows.</param>
    /// <param name="target">The matrix; its memory is zeroed.</param>
    /// <param name="tile">The tile.</param>
    /// <returns>False where the format cannot hold them: too many small ones among large ones, or numbers that are not finite.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Pack(float* rows, int count, WeightMatrix target, int tile)
    {
        int columns = target.PaddedColumns, used = 0, capacity = CompactRows.RestCapacity(columns);
        if (target.Columns > ushort.MaxValue)
            return false;
        byte* rest = target.Rest + (long)tile * CompactRows.RestBytes(columns);
        var entries = CompactRows.Entries(rest);
        for (int r = 0; r < count; r++, rows += columns)
        {
            int row = tile * WeightMatrix.TileRows + r;
            ushort* block = (ushort*)(target.Data + row * CompactRows.BytesOf(columns));
            int below = Math.Max(0, LargestExponentOf(rows, columns) - CompactRows.LargestExponent), first = used;
            if (below - CompactRows.InputPower > LargestScale)
                return false;
            target.Scales[row] = MathF.ScaleB(1, below - CompactRows.InputPower);
            for (int k = 0; k < columns; k += CompactRows.BlockColumns, block += CompactRows.BlockBytes / sizeof(ushort))
                for (int i = 0; i < CompactRows.BlockColumns; i++)
                {
                    int value = BitConverter.SingleToInt32Bits(rows[k + i]) >>> 16, exponent = (value >> Mantissa & Exponent) - below;
                    int bits = (value & (Sign | MantissaMask)) | exponent << Mantissa;
                    if (exponent <= 0)
                    {
                        bits = value & Sign;
                        if (value != bits)
                        {
                            if (used == capacity)
                                return false;
                            entries[used++] = new RestEntry((ushort)(k + i), (ushort)value);
                        }
                    }
                    Store(block + i % 16 * 2 + i / 16 % 2, i / 32, bits);
                }
            CompactRows.Counts(rest)[r] = (ushort)(used - first);
        }
        return true;
    }

    private static int LargestExponentOf(float* row, int columns)
    {
        int largest = 0;
        for (int k = 0; k < columns; k++)
            largest = Math.Max(largest, BitConverter.SingleToInt32Bits(row[k]) & int.MaxValue);
        return largest >>> 23;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ushort* lane, int vector, int bits)
    {
        if (vector < 3)
        {
            lane[vector * 32] |= (ushort)bits;
            return;
        }
        lane[0] |= (ushort)((bits & 0x0780) << 4);
        lane[32] |= (ushort)((bits & 0x0078) << 8);
        lane[64] |= (ushort)((bits & 7) << 12 | (bits & Sign) >> 4);
    }
}
