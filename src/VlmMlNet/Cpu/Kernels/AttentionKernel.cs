using System.Runtime.CompilerServices;
using VlmMlNet.Cpu.Kernels.Lanes;
using VlmMlNet.Cpu.Language;

namespace VlmMlNet.Cpu.Kernels;

/// <summary>Softmax attention of up to four query heads of a token over keys and values that they share.</summary>
/// <remarks>Scores are made of sixteen keys at once (key i of a block is lane i), values are added up token by token; each head
/// gets the same bits however many are done together.</remarks>
internal static unsafe class AttentionKernel<TLanes, TNumbers>
    where TLanes : struct, ILanes<TLanes>
    where TNumbers : struct, IFloatWeights<TLanes>
{
    private const int Lanes = ILanes<TLanes>.Count;

    private static int LaneBytes => Lanes * TNumbers.Size;

    /// <summary>Attends.</summary>
    /// <param name="q">[heads, headSize].</param>
    /// <param name="heads">1 to 4.</param>
    /// <param name="headSize">Width of a head.</param>
    /// <param name="keys">Blocks of 16 tokens.</param>
    /// <param name="values">Rows of tokens.</param>
    /// <param name="count">Tokens that the query sees.</param>
    /// <param name="weights">[heads, count to whole blocks], and behind it [paddedHeadSize] for each head.</param>
    /// <param name="y">[heads, headSize].</param>
    public static void Attend(float* q, int heads, int headSize, byte* keys, byte* values, int count, float* weights, float* y)
    {
        int blocks = (count + Lanes - 1) / Lanes, stride = blocks * Lanes, paddedSize = SlotMemory.Pad(headSize);
        float* output = weights + heads * stride;
        if (heads == 1)
            Score(q, headSize, keys, blocks, weights);
        else
            Score(q, q + headSize, q + (heads == 2 ? 0 : 2) * headSize, q + (heads - 1) * headSize, headSize, keys, blocks,
                weights, weights + stride, weights + (heads == 2 ? 0 : 2) * stride, weights + (heads - 1) * stride);
        for (int head = 0; head < heads; head++)
            Softmax(weights + head * stride, count, blocks);
        if (heads == 1)
            Add(values, paddedSize, count, weights, output);
        else
            Add(values, paddedSize, count, weights, weights + stride, weights + (heads == 2 ? 0 : 2) * stride, weights + (heads - 1) * stride,
                output, output + paddedSize, output + (heads == 2 ? 0 : 2) * paddedSize, output + (heads - 1) * paddedSize);
        for (int head = 0; head < heads; head++)
            new ReadOnlySpan<float>(output + head * paddedSize, headSize).CopyTo(new Span<float>(y + head * headSize, headSize));
    }

    // Two and three heads are done as four, some of them twice. Two blocks of keys at once: each number of a query is read once for both.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Score(float* q0, float* q1, float* q2, float* q3, int headSize, byte* keys, int blocks, float* w0, float* w1, float* w2, float* w3)
    {
        int blockBytes = SlotMemory.Pad(headSize) * LaneBytes, block = 0;
        var scale = TLanes.Broadcast(1 / MathF.Sqrt(headSize));
        for (; block + 1 < blocks; block += 2, keys += 2 * blockBytes)
        {
            TLanes a0 = TLanes.Zero, a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
            byte* next = keys + blockBytes;
            for (int i = 0; i < headSize; i++)
            {
                TLanes k0 = TNumbers.Load(keys + i * LaneBytes), k1 = TNumbers.Load(next + i * LaneBytes);
                var q = TLanes.Broadcast(q0[i]);
                a0 = TLanes.Fused(k0, q, a0);
                a1 = TLanes.Fused(k1, q, a1);
                q = TLanes.Broadcast(q1[i]);
                b0 = TLanes.Fused(k0, q, b0);
                b1 = TLanes.Fused(k1, q, b1);
                q = TLanes.Broadcast(q2[i]);
                c0 = TLanes.Fused(k0, q, c0);
                c1 = TLanes.Fused(k1, q, c1);
                q = TLanes.Broadcast(q3[i]);
                d0 = TLanes.Fused(k0, q, d0);
                d1 = TLanes.Fused(k1, q, d1);
            }
            int at = block * Lanes;
            TLanes.Store(TLanes.Multiply(a0, scale), w0 + at);
            TLanes.Store(TLanes.Multiply(a1, scale), w0 + at + Lanes);
            TLanes.Store(TLanes.Multiply(b0, scale), w1 + at);
            TLanes.Store(TLanes.Multiply(b1, scale), w1 + at + Lanes);
            TLanes.Store(TLanes.Multiply(c0, scale), w2 + at);
            TLanes.Store(TLanes.Multiply(c1, scale), w2 + at + Lanes);
            TLanes.Store(TLanes.Multiply(d0, scale), w3 + at);
            TLanes.Store(TLanes.Multiply(d1, scale), w3 + at + Lanes);
        }
        if (block == blocks)
            return;
        Score(q0, headSize, keys, 1, w0 + block * Lanes);
        Score(q1, headSize, keys, 1, w1 + block * Lanes);
        Score(q2, headSize, keys, 1, w2 + block * Lanes);
        Score(q3, headSize, keys, 1, w3 + block * Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Score(float* q, int headSize, byte* keys, int blocks, float* w)
    {
        var scale = TLanes.Broadcast(1 / MathF.Sqrt(headSize));
        for (int block = 0; block < blocks; block++, keys += SlotMemory.Pad(headSize) * LaneBytes)
        {
            var score = TLanes.Zero;
            for (int i = 0; i < headSize; i++)
                score = TLanes.Fused(TNumbers.Load(keys + i * LaneBytes), TLanes.Broadcast(q[i]), score);
            TLanes.Store(TLanes.Multiply(score, scale), w + block * Lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Softmax(float* weights, int count, int blocks)
    {
        int whole = count / Lanes;
        var largest = TLanes.Broadcast(float.MinValue);
        for (int block = 0; block < whole; block++)
            largest = TLanes.Max(largest, TLanes.Load(weights + block * Lanes));
        float top = TLanes.Largest(largest);
        for (int i = whole * Lanes; i < count; i++)
            top = Math.Max(top, weights[i]);

        var shift = TLanes.Broadcast(top);
        var sum = TLanes.Zero;
        for (int block = 0; block < blocks; block++)
        {
            float* at = weights + block * Lanes;
            TLanes.Store(LaneMath<TLanes>.Exp(TLanes.Subtract(TLanes.Load(at), shift)), at);
            for (int i = Math.Max(count - block * Lanes, 0); i < Lanes; i++)
                at[i] = 0; // not seen
            sum = TLanes.Add(sum, TLanes.Load(at));
        }
        var share = TLanes.Broadcast(1 / TLanes.Sum(sum));
        for (int block = 0; block < blocks; block++)
            TLanes.Store(TLanes.Multiply(TLanes.Load(weights + block * Lanes), share), weights + block * Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(byte* values, int size, int count, float* w0, float* w1, float* w2, float* w3, float* y0, float* y1, float* y2, float* y3)
    {
        int d = 0;
        for (; d <= size - 2 * Lanes; d += 2 * Lanes)
        {
            TLanes a0 = TLanes.Zero, a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
            byte* v = values + d * TNumbers.Size;
            for (int i = 0; i < count; i++, v += size * TNumbers.Size)
            {
                TLanes s = TNumbers.Load(v), t = TNumbers.Load(v + LaneBytes);
                var w = TLanes.Broadcast(w0[i]);
                a0 = TLanes.Fused(s, w, a0);
                a1 = TLanes.Fused(t, w, a1);
                w = TLanes.Broadcast(w1[i]);
                b0 = TLanes.Fused(s, w, b0);
                b1 = TLanes.Fused(t, w, b1);
                w = TLanes.Broadcast(w2[i]);
                c0 = TLanes.Fused(s, w, c0);
                c1 = TLanes.Fused(t, w, c1);
                w = TLanes.Broadcast(w3[i]);
                d0 = TLanes.Fused(s, w, d0);
                d1 = TLanes.Fused(t, w, d1);
            }
            TLanes.Store(a0, y0 + d);
            TLanes.Store(a1, y0 + d + Lanes);
            TLanes.Store(b0, y1 + d);
            TLanes.Store(b1, y1 + d + Lanes);
            TLanes.Store(c0, y2 + d);
            TLanes.Store(c1, y2 + d + Lanes);
            TLanes.Store(d0, y3 + d);
            TLanes.Store(d1, y3 + d + Lanes);
        }
        for (; d < size; d += Lanes)
        {
            TLanes a = TLanes.Zero, b = a, c = a, e = a;
            byte* v = values + d * TNumbers.Size;
            for (int i = 0; i < count; i++, v += size * TNumbers.Size)
            {
                var s = TNumbers.Load(v);
                a = TLanes.Fused(s, TLanes.Broadcast(w0[i]), a);
                b = TLanes.Fused(s, TLanes.Broadcast(w1[i]), b);
                c = TLanes.Fused(s, TLanes.Broadcast(w2[i]), c);
                e = TLanes.Fused(s, TLanes.Broadcast(w3[i]), e);
            }
            TLanes.Store(a, y0 + d);
            TLanes.Store(b, y1 + d);
            TLanes.Store(c, y2 + d);
            TLanes.Store(e, y3 + d);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(byte* values, int size, int count, float* w, float* y)
    {
        for (int d = 0; d < size; d += Lanes)
        {
            var total = TLanes.Zero;
            for (int i = 0; i < count; i++)
                total = TLanes.Fused(TNumbers.Load(values + ((long)i * size + d) * TNumbers.Size), TLanes.Broadcast(w[i]), total);
            TLanes.Store(total, y + d);
        }
    }
}
