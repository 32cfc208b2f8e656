using System.Runtime.CompilerServices;
using VlmMlNet.Cpu.Kernels.Lanes;
using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Cpu.Packing;

/// <summary>Writes sixteen rows of bfloat16 numbers as <see cref="CompactRows"/>.</summary>
internal static unsafe class CompactPacker<TLanes> where TLanes : struct, ILanes<TLanes>
{
    private const int Lanes = ILanes<TLanes>.Count, Vectors = CompactRows.BlockColumns / (2 * Lanes);
    private const int Mantissa = 7, MantissaMask = (1 << Mantissa) - 1, Sign = 0x8000, Exponent = 0xFF, FloatMantissa = 23;
    private const int LargestScale = 127; // as a power of two; leaves out infinities too

    /// <summary>Fills a tile.</summary>
    /// <param name="rows">[count, target's padded columns], floats with the numbers of bfloat16.</param>
    /// <param name="count">Rows.</param>
    /// <param name="target">The matrix; its memory is zeroed.</param>
    /// <param name="tile">The tile.</param>
    /// <returns>False where the format cannot hold them: too many small ones among large ones, or numbers that are not finite.</returns>
    public static bool Pack(float* rows, int count, WeightMatrix target, int tile)
    {
        if (target.Columns > ushort.MaxValue)
            return false;
        int columns = target.PaddedColumns, used = 0;
        byte* rest = target.Rest + (long)tile * CompactRows.RestBytes(columns);
        for (int r = 0; r < count; r++, rows += columns)
        {
            int row = tile * WeightMatrix.TileRows + r, first = used;
            int below = Math.Max(0, LargestExponentOf(rows, columns) - CompactRows.LargestExponent);
            if (below - CompactRows.InputPower > LargestScale)
                return false;
            target.Scales[row] = MathF.ScaleB(1, below - CompactRows.InputPower);
            if (!PackRow(rows, columns, below, (ushort*)(target.Data + row * CompactRows.BytesOf(columns)), CompactRows.Entries(rest), ref used))
                return false;
            CompactRows.Counts(rest)[r] = (ushort)(used - first);
        }
        return true;
    }

    private static int LargestExponentOf(float* row, int columns)
    {
        int largest = 0;
        for (int k = 0; k < columns; k++)
            largest = Math.Max(largest, BitConverter.SingleToInt32Bits(row[k]) & int.MaxValue);
        return largest >>> FloatMantissa;
    }

    private static bool PackRow(float* row, int columns, int below, ushort* block, RestEntry* entries, ref int used)
    {
        for (int k = 0; k < columns; k += CompactRows.BlockColumns, block += CompactRows.BlockBytes / sizeof(ushort))
        {
            if (TryPackBlock(row + k, below, block))
                continue;
            for (int i = 0; i < CompactRows.BlockColumns; i++)
            {
                int value = BitConverter.SingleToInt32Bits(row[k + i]) >>> 16, exponent = (value >> Mantissa & Exponent) - below;
                int bits = exponent > 0 ? (value & (Sign | MantissaMask)) | exponent << Mantissa : value & Sign;
                if (exponent <= 0 && value != bits)
                {
                    if (used == CompactRows.RestCapacity(columns))
                        return false;
                    entries[used++] = new RestEntry((ushort)(k + i), (ushort)value);
                }
                Store(block + i % Lanes * 2 + i / Lanes % 2, i / (2 * Lanes), bits);
            }
        }
        return true;
    }

    // Nearly all blocks: their numbers all have exponents of 1 and more above those that are taken away.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryPackBlock(float* x, int below, ushort* block)
    {
        var smallest = TLanes.Abs(TLanes.Load(x));
        for (int i = Lanes; i < CompactRows.BlockColumns; i += Lanes)
            smallest = TLanes.Min(smallest, TLanes.Abs(TLanes.Load(x + i)));
        if (-TLanes.Largest(TLanes.Subtract(TLanes.Zero, smallest)) < BitConverter.Int32BitsToSingle(below + 1 << FloatMantissa))
            return false;
        var minus = TLanes.Broadcast(-(below << Mantissa | below << Mantissa + 16));
        TLanes a = Pairs(x, minus), b = Pairs(x + 2 * Lanes, minus), c = Pairs(x + 4 * Lanes, minus), d = Pairs(x + (Vectors - 1) * 2 * Lanes, minus);
        a = TLanes.Select(TLanes.Broadcast(0x78007800), TLanes.ShiftUp(d, 4), a);
        b = TLanes.Select(TLanes.Broadcast(0x78007800), TLanes.ShiftUp(d, 8), b);
        c = TLanes.Select(TLanes.Broadcast(0x70007000), TLanes.ShiftUp(d, 12), c);
        c = TLanes.Select(TLanes.Broadcast(0x08000800), TLanes.ShiftDown(d, 4), c);
        TLanes.Store(a, block);
        TLanes.Store(b, block + 2 * Lanes);
        TLanes.Store(c, block + 4 * Lanes);
        return true;
    }

    // Sixteen columns in the lower halves, the next sixteen in the upper.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Pairs(float* x, TLanes minus) =>
        TLanes.AddInts(TLanes.Select(TLanes.Broadcast(unchecked((int)0xFFFF0000)), TLanes.Load(x + Lanes), TLanes.ShiftDown(TLanes.Load(x), 16)), minus);

    private static void Store(ushort* lane, int vector, int bits)
    {
        if (vector < Vectors - 1)
        {
            lane[vector * 2 * Lanes] |= (ushort)bits;
            return;
        }
        lane[0] |= (ushort)((bits & 0x0780) << 4);
        lane[2 * Lanes] |= (ushort)((bits & 0x0078) << 8);
        lane[4 * Lanes] |= (ushort)((bits & 7) << 12 | (bits & Sign) >> 4);
    }
}
