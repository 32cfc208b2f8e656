using System.Runtime.CompilerServices;
using VlmMlNet.Generation.Packed.Lanes;

namespace VlmMlNet.Generation.Packed;

/// <summary>Bytes with a scale per row times shorts with a scale per token. Products add up as integers, so that their order does
/// not matter; then y = (sum * scale of the token) * scale of the row.</summary>
internal static unsafe class Int8Kernel<TLanes> where TLanes : struct, ILanes<TLanes>
{
    private const int Lanes = ILanes<TLanes>.Count, PairBytes = 2 * WeightMatrix.TileRows;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Quantize(float* x, Activations target, int first, int size, int place)
    {
        int columns = target.PaddedColumns, range = Activations.Range(WeightFormat.Int8, columns);
        var largest = TLanes.Zero;
        for (int k = 0; k < columns; k += Lanes)
            largest = TLanes.Max(largest, TLanes.Abs(TLanes.Load(x + k)));
        float magnitude = TLanes.Largest(largest);
        target.Scales[first + place] = magnitude / range;
        var scale = TLanes.Broadcast(magnitude > 0 ? range / magnitude : 0);
        byte* block = target.Data + (long)first * target.TokenBytes;
        if (size == 1)
        {
            for (int k = 0; k < columns; k += Lanes)
                TLanes.StoreShorts(TLanes.ToInt(TLanes.Multiply(TLanes.Load(x + k), scale)), (short*)block + k);
            return;
        }
        int* pairs = stackalloc int[Lanes / 2];
        int* output = (int*)block + place;
        for (int k = 0; k < columns; k += Lanes)
        {
            TLanes.StoreShorts(TLanes.ToInt(TLanes.Multiply(TLanes.Load(x + k), scale)), (short*)pairs);
            for (int i = 0; i < Lanes / 2; i++, output += size)
                *output = pairs[i];
        }
    }

    public static void Multiply(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride)
    {
        int pairs = weights.PaddedColumns / 2;
        for (int token = 0; token < x.Tokens;)
        {
            int* input = (int*)(x.Data + (long)token * x.TokenBytes);
            float* scales = x.Scales + token;
            float* output = y + (long)token * stride;
            int size = x.BlockAt(token);
            for (int tile = firstTile; tile < endTile; tile += 2)
            {
                // A last tile without a partner is its own.
                int partner = Math.Min(tile + 1, endTile - 1);
                sbyte* w = (sbyte*)weights.Data + tile * weights.TileBytes, w1 = (sbyte*)weights.Data + partner * weights.TileBytes;
                float* s = weights.Scales + tile * WeightMatrix.TileRows, s1 = weights.Scales + partner * WeightMatrix.TileRows;
                float* row = output + tile * WeightMatrix.TileRows, row1 = output + partner * WeightMatrix.TileRows;
                switch (size)
                {
                    case 1:
                        OneToken(w, input, pairs, scales, s, row);
                        if (partner != tile)
                            OneToken(w1, input, pairs, scales, s1, row1);
                        break;
                    case 2:
                        TwoTokens(w, w1, input, pairs, scales, s, s1, row, row1, stride);
                        break;
                    case 4:
                        FourTokens(w, w1, input, pairs, scales, s, s1, row, row1, stride);
                        break;
                    default:
                        EightTokens(w, w1, input, pairs, scales, s, s1, row, row1, stride);
                        break;
                }
            }
            token += size;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Add(TLanes sum, TLanes weights, TLanes x) => TLanes.AddInts(sum, TLanes.MultiplyAddShorts(weights, x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TLanes sum, float tokenScale, TLanes rowScales, float* y) =>
        TLanes.Store(TLanes.Multiply(TLanes.Multiply(TLanes.ToFloat(sum), TLanes.Broadcast(tokenScale)), rowScales), y);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneToken(sbyte* w, int* x, int pairs, float* tokenScale, float* rowScales, float* y)
    {
        TLanes a = TLanes.Zero, b = a, c = a, d = a;
        for (int k = 0; k < pairs; k += 4, w += 4 * PairBytes)
        {
            a = Add(a, TLanes.LoadBytesAsShorts(w), TLanes.Broadcast(x[k]));
            b = Add(b, TLanes.LoadBytesAsShorts(w + PairBytes), TLanes.Broadcast(x[k + 1]));
            c = Add(c, TLanes.LoadBytesAsShorts(w + 2 * PairBytes), TLanes.Broadcast(x[k + 2]));
            d = Add(d, TLanes.LoadBytesAsShorts(w + 3 * PairBytes), TLanes.Broadcast(x[k + 3]));
        }
        Store(TLanes.AddInts(TLanes.AddInts(a, b), TLanes.AddInts(c, d)), *tokenScale, TLanes.Load(rowScales), y);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoTokens(sbyte* w, sbyte* v, int* x, int pairs, float* tokenScales, float* rowScales, float* rowScales1, float* y, float* z, int stride)
    {
        TLanes a0 = TLanes.Zero, a1 = a0, b0 = a0, b1 = a0;
        for (int k = 0; k < pairs; k++, w += PairBytes, v += PairBytes, x += 2)
        {
            TLanes p = TLanes.LoadBytesAsShorts(w), q = TLanes.LoadBytesAsShorts(v);
            var t = TLanes.Broadcast(x[0]);
            a0 = Add(a0, p, t);
            b0 = Add(b0, q, t);
            t = TLanes.Broadcast(x[1]);
            a1 = Add(a1, p, t);
            b1 = Add(b1, q, t);
        }
        TLanes r = TLanes.Load(rowScales), s = TLanes.Load(rowScales1);
        Store(a0, tokenScales[0], r, y);
        Store(b0, tokenScales[0], s, z);
        Store(a1, tokenScales[1], r, y + stride);
        Store(b1, tokenScales[1], s, z + stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourTokens(sbyte* w, sbyte* v, int* x, int pairs, float* tokenScales, float* rowScales, float* rowScales1, float* y, float* z, int stride)
    {
        TLanes a0 = TLanes.Zero, a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        for (int k = 0; k < pairs; k++, w += PairBytes, v += PairBytes, x += 4)
        {
            TLanes p = TLanes.LoadBytesAsShorts(w), q = TLanes.LoadBytesAsShorts(v);
            var t = TLanes.Broadcast(x[0]);
            a0 = Add(a0, p, t);
            b0 = Add(b0, q, t);
            t = TLanes.Broadcast(x[1]);
            a1 = Add(a1, p, t);
            b1 = Add(b1, q, t);
            t = TLanes.Broadcast(x[2]);
            a2 = Add(a2, p, t);
            b2 = Add(b2, q, t);
            t = TLanes.Broadcast(x[3]);
            a3 = Add(a3, p, t);
            b3 = Add(b3, q, t);
        }
        Store4(a0, a1, a2, a3, tokenScales, TLanes.Load(rowScales), y, stride);
        Store4(b0, b1, b2, b3, tokenScales, TLanes.Load(rowScales1), z, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightTokens(sbyte* w, sbyte* v, int* x, int pairs, float* tokenScales, float* rowScales, float* rowScales1, float* y, float* z, int stride)
    {
        TLanes a0 = TLanes.Zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
        TLanes b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0, b5 = a0, b6 = a0, b7 = a0;
        for (int k = 0; k < pairs; k++, w += PairBytes, v += PairBytes, x += 8)
        {
            TLanes p = TLanes.LoadBytesAsShorts(w), q = TLanes.LoadBytesAsShorts(v);
            var t = TLanes.Broadcast(x[0]);
            a0 = Add(a0, p, t);
            b0 = Add(b0, q, t);
            t = TLanes.Broadcast(x[1]);
            a1 = Add(a1, p, t);
            b1 = Add(b1, q, t);
            t = TLanes.Broadcast(x[2]);
            a2 = Add(a2, p, t);
            b2 = Add(b2, q, t);
            t = TLanes.Broadcast(x[3]);
            a3 = Add(a3, p, t);
            b3 = Add(b3, q, t);
            t = TLanes.Broadcast(x[4]);
            a4 = Add(a4, p, t);
            b4 = Add(b4, q, t);
            t = TLanes.Broadcast(x[5]);
            a5 = Add(a5, p, t);
            b5 = Add(b5, q, t);
            t = TLanes.Broadcast(x[6]);
            a6 = Add(a6, p, t);
            b6 = Add(b6, q, t);
            t = TLanes.Broadcast(x[7]);
            a7 = Add(a7, p, t);
            b7 = Add(b7, q, t);
        }
        TLanes r = TLanes.Load(rowScales), s = TLanes.Load(rowScales1);
        Store4(a0, a1, a2, a3, tokenScales, r, y, stride);
        Store4(a4, a5, a6, a7, tokenScales + 4, r, y + 4L * stride, stride);
        Store4(b0, b1, b2, b3, tokenScales, s, z, stride);
        Store4(b4, b5, b6, b7, tokenScales + 4, s, z + 4L * stride, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store4(TLanes a, TLanes b, TLanes c, TLanes d, float* tokenScales, TLanes rowScales, float* y, int stride)
    {
        Store(a, tokenScales[0], rowScales, y);
        Store(b, tokenScales[1], rowScales, y + stride);
        Store(c, tokenScales[2], rowScales, y + 2L * stride);
        Store(d, tokenScales[3], rowScales, y + 3L * stride);
    }
}
