using System.Runtime.CompilerServices;
using VlmMlNet.Generation.Packed.Lanes;

namespace VlmMlNet.Generation.Packed;

/// <summary>Softmax attention of one query head over the keys and values of a slot.</summary>
internal static unsafe class AttentionKernel<TLanes> where TLanes : struct, ILanes<TLanes>
{
    private const int Lanes = ILanes<TLanes>.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Attend(float* q, int headSize, float* keys, float* values, int count, float* weights, float* output, float* y)
    {
        int paddedSize = SlotMemory.Pad(headSize), blocks = (count + Lanes - 1) / Lanes;
        var scale = TLanes.Broadcast(1 / MathF.Sqrt(headSize));
        // Sixteen keys at once: key i of a block is lane i.
        var largest = TLanes.Broadcast(float.MinValue);
        for (int block = 0; block < blocks; block++, keys += paddedSize * Lanes)
        {
            var score = TLanes.Zero;
            for (int d = 0; d < headSize; d++)
                score = TLanes.Fused(TLanes.Load(keys + d * Lanes), TLanes.Broadcast(q[d]), score);
            score = TLanes.Multiply(score, scale);
            TLanes.Store(score, weights + block * Lanes);
            if (block < blocks - 1)
                largest = TLanes.Max(largest, score);
        }
        float top = TLanes.Largest(largest);
        for (int i = (blocks - 1) * Lanes; i < count; i++)
            top = Math.Max(top, weights[i]);

        var shift = TLanes.Broadcast(top);
        var sum = TLanes.Zero;
        for (int block = 0; block < blocks; block++)
        {
            float* at = weights + block * Lanes;
            TLanes.Store(LaneMath<TLanes>.Exp(TLanes.Subtract(TLanes.Load(at), shift)), at);
            if (block == blocks - 1)
                for (int i = count; i < blocks * Lanes; i++)
                    weights[i] = 0; // not seen
            sum = TLanes.Add(sum, TLanes.Load(at));
        }
        var share = TLanes.Broadcast(1 / TLanes.Sum(sum));
        for (int d = 0; d < paddedSize; d += Lanes)
        {
            var total = TLanes.Zero;
            for (int i = 0; i < count; i++)
                total = TLanes.Fused(TLanes.Load(values + (long)i * paddedSize + d), TLanes.Broadcast(weights[i]), total);
            TLanes.Store(TLanes.Multiply(total, share), output + d);
        }
        new ReadOnlySpan<float>(output, headSize).CopyTo(new Span<float>(y, headSize));
    }
}
