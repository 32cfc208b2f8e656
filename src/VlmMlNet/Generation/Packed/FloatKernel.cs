using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using VlmMlNet.Generation.Packed.Lanes;

namespace VlmMlNet.Generation.Packed;

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

/// <summary>Rows of floats or bfloat16 times floats. Each product of a row and a token adds up in sixteen lanes, whose sum is
/// taken at the end: however many rows and tokens are done at once, the same numbers are added in the same order.</summary>
internal static unsafe class FloatKernel<TLanes, TWeights>
    where TLanes : struct, ILanes<TLanes>
    where TWeights : struct, IFloatWeights<TLanes>
{
    private const int Lanes = ILanes<TLanes>.Count, RowsOfOneToken = 8, RowsOfTokens = 4;

    public static void Multiply(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride)
    {
        int columns = weights.PaddedColumns, end = weights.Rows;
        for (int row = firstTile * WeightMatrix.TileRows; row < endTile * WeightMatrix.TileRows; row += WeightMatrix.TileRows)
        {
            for (int token = 0; token < x.Tokens;)
            {
                float* input = (float*)x.Data + (long)token * columns;
                float* output = y + (long)token * stride;
                int left = x.Tokens - token;
                int size = left >= 4 && TLanes.TokensPerBlock >= 4 ? 4 : left >= 2 ? 2 : 1;
                if (size == 1)
                    for (int r = row; r < row + WeightMatrix.TileRows; r += RowsOfOneToken)
                        OneToken(weights, r, end, input, columns, output + r);
                else
                    for (int r = row; r < row + WeightMatrix.TileRows; r += RowsOfTokens)
                        if (size == 4)
                            FourTokens(weights, r, end, input, columns, output + r, stride);
                        else
                            TwoTokens(weights, r, end, input, columns, output + r, stride);
                token += size;
            }
            for (int token = 0; token < x.Tokens && row + WeightMatrix.TileRows > end; token++)
                new Span<float>(y + (long)token * stride + end, row + WeightMatrix.TileRows - end).Clear();
        }
    }

    // Behind the last row the last one is read again, and its products are cleared.
    private static byte* Row(WeightMatrix weights, int row, int end) =>
        weights.Data + (long)Math.Min(row, end - 1) * weights.PaddedColumns * TWeights.Size;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneToken(WeightMatrix weights, int row, int end, float* x, int columns, float* y)
    {
        byte* w0 = Row(weights, row, end), w1 = Row(weights, row + 1, end), w2 = Row(weights, row + 2, end), w3 = Row(weights, row + 3, end);
        byte* w4 = Row(weights, row + 4, end), w5 = Row(weights, row + 5, end), w6 = Row(weights, row + 6, end), w7 = Row(weights, row + 7, end);
        byte* next = w0 + (long)RowsOfOneToken * columns * TWeights.Size;
        TLanes a0 = TLanes.Zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
        for (int k = 0; k < columns; k += Lanes)
        {
            var v = TLanes.Load(x + k);
            long at = (long)k * TWeights.Size;
            // Eight rows at once are eight streams, which memory serves worse than one: so the next eight are fetched in a row.
            Ahead(next + at * RowsOfOneToken);
            a0 = TLanes.Fused(TWeights.Load(w0 + at), v, a0);
            a1 = TLanes.Fused(TWeights.Load(w1 + at), v, a1);
            a2 = TLanes.Fused(TWeights.Load(w2 + at), v, a2);
            a3 = TLanes.Fused(TWeights.Load(w3 + at), v, a3);
            a4 = TLanes.Fused(TWeights.Load(w4 + at), v, a4);
            a5 = TLanes.Fused(TWeights.Load(w5 + at), v, a5);
            a6 = TLanes.Fused(TWeights.Load(w6 + at), v, a6);
            a7 = TLanes.Fused(TWeights.Load(w7 + at), v, a7);
        }
        y[0] = TLanes.Sum(a0);
        y[1] = TLanes.Sum(a1);
        y[2] = TLanes.Sum(a2);
        y[3] = TLanes.Sum(a3);
        y[4] = TLanes.Sum(a4);
        y[5] = TLanes.Sum(a5);
        y[6] = TLanes.Sum(a6);
        y[7] = TLanes.Sum(a7);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoTokens(WeightMatrix weights, int row, int end, float* x, int columns, float* y, int stride)
    {
        byte* w0 = Row(weights, row, end), w1 = Row(weights, row + 1, end), w2 = Row(weights, row + 2, end), w3 = Row(weights, row + 3, end);
        TLanes a0 = TLanes.Zero, a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        for (int k = 0; k < columns; k += Lanes)
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
        Store(y, a0, a1, a2, a3);
        Store(y + stride, b0, b1, b2, b3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourTokens(WeightMatrix weights, int row, int end, float* x, int columns, float* y, int stride)
    {
        byte* w0 = Row(weights, row, end), w1 = Row(weights, row + 1, end), w2 = Row(weights, row + 2, end), w3 = Row(weights, row + 3, end);
        float* x1 = x + columns, x2 = x1 + columns, x3 = x2 + columns;
        TLanes a0 = TLanes.Zero, a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        TLanes c0 = a0, c1 = a0, c2 = a0, c3 = a0, d0 = a0, d1 = a0, d2 = a0, d3 = a0;
        for (int k = 0; k < columns; k += Lanes)
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
        Store(y, a0, a1, a2, a3);
        Store(y + stride, b0, b1, b2, b3);
        Store(y + 2L * stride, c0, c1, c2, c3);
        Store(y + 3L * stride, d0, d1, d2, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Ahead(byte* data)
    {
        if (!Sse.IsSupported)
            return;
        for (int line = 0; line < Lanes * RowsOfOneToken * TWeights.Size; line += NativeBuffer.Alignment)
            Sse.Prefetch1(data + line);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* y, TLanes a, TLanes b, TLanes c, TLanes d)
    {
        y[0] = TLanes.Sum(a);
        y[1] = TLanes.Sum(b);
        y[2] = TLanes.Sum(c);
        y[3] = TLanes.Sum(d);
    }
}
