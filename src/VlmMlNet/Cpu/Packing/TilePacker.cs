using System.Runtime.CompilerServices;
using VlmMlNet.Cpu.Kernels.Lanes;
using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Cpu.Packing;

/// <summary>Rounds sixteen rows of a matrix into a tile.</summary>
internal static unsafe class TilePacker<TLanes> where TLanes : struct, ILanes<TLanes>
{
    private const int Lanes = ILanes<TLanes>.Count, Candidates = 12;
    private const float LargestPart = -8.3f, SmallestPart = 6; // of scales in the extreme of a group

    /// <summary>See <see cref="MatrixPacker.TilePacker"/>.</summary>
    public static bool Pack(float* rows, int count, WeightMatrix target, int tile) => target.Layout.PackTile<TLanes>(rows, count, target, tile);

    /// <summary>Packs a row in 4 bits.</summary>
    /// <param name="weights">[columns].</param>
    /// <param name="columns">Whole groups.</param>
    /// <param name="tile">Where its tile begins.</param>
    /// <param name="row">The row of the tile.</param>
    /// <returns>The row's scale.</returns>
    public static float PackInt4(float* weights, int columns, byte* tile, int row)
    {
        float rowScale = Int4Group.RowScale(Largest(weights, columns) / SmallestPart);
        for (int group = 0; group * WeightMatrix.Int4Group < columns; group++)
            PackInt4(weights + group * WeightMatrix.Int4Group, tile, group, row, rowScale);
        return rowScale;
    }

    /// <summary>Packs a row in 8 bits, its largest weight at 127.</summary>
    /// <param name="row">[columns].</param>
    /// <param name="columns">Whole groups.</param>
    /// <param name="quads">The row's first four bytes in its tile.</param>
    /// <returns>The row's scale.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float PackInt8(float* row, int columns, int* quads)
    {
        float largest = Largest(row, columns);
        var inverse = TLanes.Broadcast(largest > 0 ? sbyte.MaxValue / largest : 0);
        var offset = TLanes.Broadcast(WeightMatrix.Int8Offset);
        int* bytes = stackalloc int[Lanes / 4];
        for (int k = 0; k < columns; k += Lanes)
        {
            TLanes.StoreBytes(TLanes.AddInts(TLanes.ToInt(TLanes.Multiply(TLanes.Load(row + k), inverse)), offset), (sbyte*)bytes);
            for (int i = 0; i < Lanes / 4; i++, quads += WeightMatrix.TileRows)
                *quads = bytes[i];
        }
        return largest / sbyte.MaxValue;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Largest(float* row, int columns)
    {
        var magnitudes = TLanes.Zero;
        for (int k = 0; k < columns; k += Lanes)
            magnitudes = TLanes.Max(magnitudes, TLanes.Abs(TLanes.Load(row + k)));
        return TLanes.Largest(magnitudes);
    }

    private static void PackInt4(float* weights, byte* tile, int group, int row, float rowScale)
    {
        TLanes a = TLanes.Load(weights), b = TLanes.Load(weights + Lanes);
        sbyte scale = BestScale(weights, a, b, rowScale);
        Int4Group.Scales(tile, group)[row] = scale;
        var inverse = TLanes.Broadcast(scale == 0 ? 0 : 1 / (Int4Group.Scale(scale) * rowScale));
        byte* low = stackalloc byte[2 * Lanes], high = low + Lanes;
        var offset = TLanes.Broadcast(Int4Group.Offset);
        TLanes.StoreBytes(TLanes.AddInts(TLanes.ToInt(Clamp(TLanes.Multiply(a, inverse))), offset), (sbyte*)low);
        TLanes.StoreBytes(TLanes.AddInts(TLanes.ToInt(Clamp(TLanes.Multiply(b, inverse))), offset), (sbyte*)high);
        byte* nibbles = Int4Group.Nibbles(tile, group) + row * 4;
        for (int i = 0; i < Lanes; i++)
            nibbles[i / 4 * 64 + i % 4] = (byte)(low[i] | high[i] << 4);
    }

    // The scale, of a dozen, that rounds a group with the least squared error. It may be negative: the numbers reach
    // from -8 to 7, so that the larger side takes the eight.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static sbyte BestScale(float* weights, TLanes a, TLanes b, float rowScale)
    {
        float largest = TLanes.Largest(TLanes.Max(TLanes.Abs(a), TLanes.Abs(b)));
        if (largest == 0)
            return 0;
        int at = 0;
        while (Math.Abs(weights[at]) != largest)
            at++;
        sbyte best = 0;
        float least = float.PositiveInfinity;
        for (int c = 0; c < Candidates; c++)
        {
            // The extreme becomes -8.3 (it is cut off a little) to -6.1.
            sbyte candidate = Int4Group.ToScale(weights[at] / (LargestPart + 0.2f * c), rowScale);
            float scale = Int4Group.Scale(candidate) * rowScale;
            TLanes minus = TLanes.Broadcast(-scale), inverse = TLanes.Broadcast(1 / scale);
            var d = TLanes.Fused(Rounded(a, inverse), minus, a);
            var e = TLanes.Fused(Rounded(b, inverse), minus, b);
            float error = TLanes.Sum(TLanes.Fused(d, d, TLanes.Multiply(e, e)));
            if (error < least)
                (least, best) = (error, candidate);
        }
        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Rounded(TLanes value, TLanes inverse) => TLanes.ToFloat(TLanes.ToInt(Clamp(TLanes.Multiply(value, inverse))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Clamp(TLanes value) => TLanes.Max(TLanes.Min(value, TLanes.Broadcast((float)(Int4Group.Offset - 1))), TLanes.Broadcast((float)-Int4Group.Offset));
}
