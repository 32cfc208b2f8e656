using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using VlmMlNet.Cpu.Kernels.Lanes;
using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Cpu.Kernels;

/// <summary>Reads sixteen weights as floats.</summary>
internal unsafe interface IFloatWeights<TLanes> where TLanes : struct, ILanes<TLanes>
{
    static abstract int Size { get; }
    static abstract TLanes Load(byte* source);
}

/// <summary>Weights that are floats.</summary>
internal readonly unsafe struct Float32Weights<TLanes> : IFloatWeights<TLanes> where TLanes : struct, ILanes<TLanes>
{
    public static int Size => sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load(byte* source) => TLanes.Load(source);
}

/// <summary>Weights that are bfloat16.</summary>
internal readonly unsafe struct BFloat16Weights<TLanes> : IFloatWeights<TLanes> where TLanes : struct, ILanes<TLanes>
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load(byte* source) => TLanes.LoadBFloat16((ushort*)source);
}

/// <summary>Rows of floats or bfloat16 times floats. Each product of a row and a token adds up in twice sixteen lanes, the even and the
/// odd blocks of sixteen columns, whose sum is taken at the end: however many rows and tokens are done at once, the same
/// numbers are added in the same order.</summary>
internal static unsafe class FloatKernel<TLanes, TWeights>
    where TLanes : struct, ILanes<TLanes>
    where TWeights : struct, IFloatWeights<TLanes>
{
    private const int Lanes = ILanes<TLanes>.Count, RowsOfTokens = 4, LongestPiece = 2432;

    public static void Multiply(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride)
    {
        for (int row = firstTile * WeightMatrix.TileRows; row < endTile * WeightMatrix.TileRows; row += WeightMatrix.TileRows)
            Multiply(weights.Data + (long)row * weights.PaddedColumns * TWeights.Size, Math.Min(WeightMatrix.TileRows, weights.Rows - row), x, y + row, stride);
    }

    /// <summary>Multiplies a tile.</summary>
    /// <param name="data">[rows, padded columns].</param>
    /// <param name="rows">Rows that there are, at most 16.</param>
    /// <param name="x">Activations.</param>
    /// <param name="y">[tokens, stride], of which 16 are written.</param>
    /// <param name="stride">Floats from a token to the next.</param>
    public static void Multiply(byte* data, int rows, Activations x, float* y, int stride)
    {
        int columns = x.PaddedColumns;
        for (int token = 0; token < x.Tokens;)
        {
            float* input = (float*)x.Data + (long)token * columns;
            float* output = y + (long)token * stride;
            int left = x.Tokens - token;
            int size = left >= 4 && TLanes.TokensPerBlock >= 4 ? 4 : left >= 2 ? 2 : 1;
            if (size == 1)
                OneToken(data, rows, input, columns, output);
            else
                for (int row = 0; row < WeightMatrix.TileRows; row += RowsOfTokens)
                    Tokens(size, data, row, rows, input, columns, output + row, stride);
            token += size;
        }
        for (int token = 0; token < x.Tokens && rows < WeightMatrix.TileRows; token++)
            new Span<float>(y + (long)token * stride + rows, WeightMatrix.TileRows - rows).Clear();
    }

    // Behind the last row the last one is read again, and its products are cleared.
    private static byte* Row(byte* data, int row, int rows, int columns) => data + (long)Math.Min(row, rows - 1) * columns * TWeights.Size;

    // Row by row, as memory lies: several rows at once would be several streams, which memory serves worse than one. Long rows
    // are cut in pieces whose inputs stay in the nearest cache; the piece that comes next is fetched meanwhile.
    private static void OneToken(byte* first, int rows, float* x, int columns, float* y)
    {
        int pieces = (columns + LongestPiece - 1) / LongestPiece;
        int piece = (columns + pieces - 1) / pieces;
        piece = (piece + 2 * Lanes - 1) / (2 * Lanes) * 2 * Lanes; // even and odd blocks stay what they are
        long rowBytes = (long)columns * TWeights.Size;
        float* sums = stackalloc float[2 * Lanes * WeightMatrix.TileRows];
        for (int r = 0; r < 2 * rows; r++)
            TLanes.Store(TLanes.Zero, sums + r * Lanes);
        for (int k = 0; k < columns; k += piece)
            for (int r = 0; r < rows; r++)
            {
                byte* w = first + r * rowBytes + (long)k * TWeights.Size;
                byte* next = r + 1 < rows ? w + rowBytes : first + ((long)k + piece) * TWeights.Size;
                AddPiece(w, x + k, Math.Min(piece, columns - k), sums + 2 * r * Lanes, pieces == 1 ? 0 : next - w);
            }
        for (int r = 0; r < rows; r++)
            y[r] = TLanes.Sum(TLanes.Add(TLanes.Load(sums + 2 * r * Lanes), TLanes.Load(sums + (2 * r + 1) * Lanes)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddPiece(byte* w, float* x, int columns, float* sums, long next)
    {
        TLanes even = TLanes.Load(sums), odd = TLanes.Load(sums + Lanes);
        int k = 0;
        for (; k <= columns - 2 * Lanes; k += 2 * Lanes, w += 2 * Lanes * TWeights.Size)
        {
            if (next != 0 && Sse.IsSupported)
                Sse.Prefetch1(w + next);
            even = TLanes.Fused(TWeights.Load(w), TLanes.Load(x + k), even);
            odd = TLanes.Fused(TWeights.Load(w + Lanes * TWeights.Size), TLanes.Load(x + k + Lanes), odd);
        }
        if (k < columns)
            even = TLanes.Fused(TWeights.Load(w), TLanes.Load(x + k), even);
        TLanes.Store(even, sums);
        TLanes.Store(odd, sums + Lanes);
    }

    // First all even blocks of columns, then all odd ones: registers hold the sums of one of them.
    private static void Tokens(int size, byte* data, int row, int rows, float* x, int columns, float* y, int stride)
    {
        float* even = stackalloc float[2 * 4 * RowsOfTokens * Lanes], odd = even + 4 * RowsOfTokens * Lanes;
        if (size == 4)
        {
            FourTokens(data, row, rows, x, columns, 0, even);
            FourTokens(data, row, rows, x, columns, Lanes, odd);
        }
        else
        {
            TwoTokens(data, row, rows, x, columns, 0, even);
            TwoTokens(data, row, rows, x, columns, Lanes, odd);
        }
        for (int token = 0; token < size; token++, y += stride)
            for (int r = 0; r < RowsOfTokens; r++, even += Lanes, odd += Lanes)
                y[r] = TLanes.Sum(TLanes.Add(TLanes.Load(even), TLanes.Load(odd)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoTokens(byte* data, int row, int rows, float* x, int columns, int first, float* sums)
    {
        byte* w0 = Row(data, row, rows, columns), w1 = Row(data, row + 1, rows, columns), w2 = Row(data, row + 2, rows, columns), w3 = Row(data, row + 3, rows, columns);
        TLanes a0 = TLanes.Zero, a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        for (int k = first; k < columns; k += 2 * Lanes)
        {
            TLanes v = TLanes.Load(x + k), u = TLanes.Load(x + columns + k);
            long at = (long)k * TWeights.Size;
            var w = TWeights.Load(w0 + at);
            a0 = TLanes.Fused(w, v, a0);
            b0 = TLanes.Fused(w, u, b0);
            w = TWeights.Load(w1 + at);
            a1 = TLanes.Fused(w, v, a1);
            b1 = TLanes.Fused(w, u, b1);
            w = TWeights.Load(w2 + at);
            a2 = TLanes.Fused(w, v, a2);
            b2 = TLanes.Fused(w, u, b2);
            w = TWeights.Load(w3 + at);
            a3 = TLanes.Fused(w, v, a3);
            b3 = TLanes.Fused(w, u, b3);
        }
        Store(sums, a0, a1, a2, a3);
        Store(sums + 4 * Lanes, b0, b1, b2, b3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourTokens(byte* data, int row, int rows, float* x, int columns, int first, float* sums)
    {
        byte* w0 = Row(data, row, rows, columns), w1 = Row(data, row + 1, rows, columns), w2 = Row(data, row + 2, rows, columns), w3 = Row(data, row + 3, rows, columns);
        float* x1 = x + columns, x2 = x1 + columns, x3 = x2 + columns;
        TLanes a0 = TLanes.Zero, a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        TLanes c0 = a0, c1 = a0, c2 = a0, c3 = a0, d0 = a0, d1 = a0, d2 = a0, d3 = a0;
        for (int k = first; k < columns; k += 2 * Lanes)
        {
            TLanes s = TLanes.Load(x + k), t = TLanes.Load(x1 + k), u = TLanes.Load(x2 + k), v = TLanes.Load(x3 + k);
            long at = (long)k * TWeights.Size;
            var w = TWeights.Load(w0 + at);
            a0 = TLanes.Fused(w, s, a0);
            b0 = TLanes.Fused(w, t, b0);
            c0 = TLanes.Fused(w, u, c0);
            d0 = TLanes.Fused(w, v, d0);
            w = TWeights.Load(w1 + at);
            a1 = TLanes.Fused(w, s, a1);
            b1 = TLanes.Fused(w, t, b1);
            c1 = TLanes.Fused(w, u, c1);
            d1 = TLanes.Fused(w, v, d1);
            w = TWeights.Load(w2 + at);
            a2 = TLanes.Fused(w, s, a2);
            b2 = TLanes.Fused(w, t, b2);
            c2 = TLanes.Fused(w, u, c2);
            d2 = TLanes.Fused(w, v, d2);
            w = TWeights.Load(w3 + at);
            a3 = TLanes.Fused(w, s, a3);
            b3 = TLanes.Fused(w, t, b3);
            c3 = TLanes.Fused(w, u, c3);
            d3 = TLanes.Fused(w, v, d3);
        }
        Store(sums, a0, a1, a2, a3);
        Store(sums + 4 * Lanes, b0, b1, b2, b3);
        Store(sums + 8 * Lanes, c0, c1, c2, c3);
        Store(sums + 12 * Lanes, d0, d1, d2, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* sums, TLanes a, TLanes b, TLanes c, TLanes d)
    {
        TLanes.Store(a, sums);
        TLanes.Store(b, sums + Lanes);
        TLanes.Store(c, sums + 2 * Lanes);
        TLanes.Store(d, sums + 3 * Lanes);
    }
}
