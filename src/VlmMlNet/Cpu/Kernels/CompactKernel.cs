using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using VlmMlNet.Cpu.Kernels.Lanes;
using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Cpu.Kernels;

/// <summary><see cref="CompactRows"/> times floats. The products of a row add up as those of <see cref="FloatKernel{TLanes, TWeights}"/>
/// do, and times the scale of the row; then y += weight * x, fused, for each weight of the rest.</summary>
internal static unsafe class CompactKernel<TLanes> where TLanes : struct, ILanes<TLanes>
{
    private const int Lanes = ILanes<TLanes>.Count, VectorBytes = 64;

    // Of many tokens: a tile in plain bfloat16, which the nearest cache holds, for as long as the thread lives.
    [ThreadStatic]
    private static short[]? t_rows;

    /// <summary>Activations that the rows are multiplied with.</summary>
    /// <param name="x">[columns].</param>
    /// <param name="y">[columns].</param>
    /// <param name="columns">A multiple of 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(float* x, float* y, int columns)
    {
        var scale = TLanes.Broadcast(CompactRows.InputScale);
        for (int i = 0; i < columns; i += Lanes)
            TLanes.Store(TLanes.Multiply(TLanes.Load(x + i), scale), y + i);
    }

    public static void Multiply(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride)
    {
        int columns = weights.PaddedColumns;
        for (int tile = firstTile; tile < endTile; tile++)
        {
            int row = tile * WeightMatrix.TileRows, rows = Math.Min(WeightMatrix.TileRows, weights.Rows - row);
            byte* data = weights.Data + tile * weights.TileBytes;
            if (x.Tokens == 1)
                OneToken(data, rows, (float*)x.Data, columns, y + row);
            else
                fixed (short* plain = Expand(data, rows, columns))
                    FloatKernel<TLanes, BFloat16Weights<TLanes>>.Multiply((byte*)plain, rows, x, y + row, stride);
            byte* rest = weights.Rest + (long)tile * CompactRows.RestBytes(columns);
            for (int token = 0; token < x.Tokens; token++)
                Finish(rest, weights.Scales + row, rows, (float*)x.Data + (long)token * columns, y + (long)token * stride + row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneToken(byte* row, int rows, float* x, int columns, float* y)
    {
        for (int r = 0; r < rows; r++)
        {
            TLanes even = TLanes.Zero, odd = even;
            for (int k = 0; k < columns; k += CompactRows.BlockColumns, row += CompactRows.BlockBytes)
            {
                if (Sse.IsSupported)
                {
                    Sse.Prefetch1(row + WeightMatrix.BytesAhead);
                    Sse.Prefetch1(row + WeightMatrix.BytesAhead + VectorBytes);
                    Sse.Prefetch1(row + WeightMatrix.BytesAhead + 2 * VectorBytes);
                }
                TLanes a = TLanes.Load(row), b = TLanes.Load(row + VectorBytes), c = TLanes.Load(row + 2 * VectorBytes), d = Fourth(a, b, c);
                even = TLanes.Fused(Even(a), TLanes.Load(x + k), even);
                odd = TLanes.Fused(Odd(a), TLanes.Load(x + k + Lanes), odd);
                even = TLanes.Fused(Even(b), TLanes.Load(x + k + 2 * Lanes), even);
                odd = TLanes.Fused(Odd(b), TLanes.Load(x + k + 3 * Lanes), odd);
                even = TLanes.Fused(Even(c), TLanes.Load(x + k + 4 * Lanes), even);
                odd = TLanes.Fused(Odd(c), TLanes.Load(x + k + 5 * Lanes), odd);
                even = TLanes.Fused(Even(d), TLanes.Load(x + k + 6 * Lanes), even);
                odd = TLanes.Fused(Odd(d), TLanes.Load(x + k + 7 * Lanes), odd);
            }
            y[r] = TLanes.Sum(TLanes.Add(even, odd));
        }
        new Span<float>(y + rows, WeightMatrix.TileRows - rows).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static short[] Expand(byte* data, int rows, int columns)
    {
        if (t_rows is null || t_rows.Length < WeightMatrix.TileRows * columns)
            t_rows = GC.AllocateUninitializedArray<short>(WeightMatrix.TileRows * columns, pinned: true);
        fixed (short* plain = t_rows)
        {
            short* target = plain;
            var whole = TLanes.Broadcast(unchecked((int)0x87FF87FF));
            for (int blocks = rows * (columns / CompactRows.BlockColumns); blocks > 0; blocks--, data += CompactRows.BlockBytes, target += CompactRows.BlockColumns)
            {
                TLanes a = TLanes.Load(data), b = TLanes.Load(data + VectorBytes), c = TLanes.Load(data + 2 * VectorBytes), d = Fourth(a, b, c);
                StorePairs(TLanes.And(a, whole), target);
                StorePairs(TLanes.And(b, whole), target + 2 * Lanes);
                StorePairs(TLanes.And(c, whole), target + 4 * Lanes);
                StorePairs(TLanes.And(d, whole), target + 6 * Lanes);
            }
        }
        return t_rows;
    }

    // The lower halves, then the upper.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePairs(TLanes pairs, short* target)
    {
        TLanes.StoreShorts(pairs, target);
        TLanes.StoreShorts(TLanes.ShiftDown(pairs, 16), target + Lanes);
    }

    private static void Finish(byte* rest, float* scales, int rows, float* x, float* y)
    {
        TLanes.Store(TLanes.Multiply(TLanes.Load(y), TLanes.Load(scales)), y);
        ushort* counts = CompactRows.Counts(rest);
        var entry = CompactRows.Entries(rest);
        for (int r = 0; r < rows; r++)
            for (int i = counts[r]; i > 0; i--, entry++)
                y[r] = MathF.FusedMultiplyAdd(entry->Value, x[entry->Column] * CompactRows.InverseInputScale, y[r]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Even(TLanes pairs) => TLanes.And(TLanes.ShiftUp(pairs, 16), TLanes.Broadcast(unchecked((int)0x87FF0000)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Odd(TLanes pairs) => TLanes.And(pairs, TLanes.Broadcast(unchecked((int)0x87FF0000)));

    // The vector that the others hold between them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Fourth(TLanes a, TLanes b, TLanes c)
    {
        var bits = TLanes.Select(TLanes.Broadcast(0x07800780), TLanes.ShiftDown(a, 4), TLanes.ShiftDown(b, 8));
        bits = TLanes.Select(TLanes.Broadcast(0x00070007), TLanes.ShiftDown(c, 12), bits);
        return TLanes.Select(TLanes.Broadcast(unchecked((int)0x80008000)), TLanes.ShiftUp(c, 4), bits);
    }
}
