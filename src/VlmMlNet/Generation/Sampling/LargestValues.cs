using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace VlmMlNet.Generation.Sampling;

/// <summary>Finds the largest of many values in one pass over them, without sorting them.</summary>
internal static class LargestValues
{
    /// <summary>The k-th largest value.</summary>
    /// <param name="values">At least k.</param>
    /// <param name="heap">[k], overwritten: the k largest, the least of them first.</param>
    public static float Kth(ReadOnlySpan<float> values, Span<float> heap)
    {
        values[..heap.Length].CopyTo(heap);
        for (int i = heap.Length / 2 - 1; i >= 0; i--)
            Sink(heap, i);
        var rest = values[heap.Length..];
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(rest);
        foreach (var vector in vectors)
            if (Vector512.GreaterThanAny(vector, Vector512.Create(heap[0])))
                for (int lane = 0; lane < Vector512<float>.Count; lane++)
                    Offer(vector[lane], heap);
        foreach (float value in rest[(vectors.Length * Vector512<float>.Count)..])
            Offer(value, heap);
        return heap[0];
    }

    /// <summary>The places of the values that are at least so large, in order.</summary>
    /// <returns>How many.</returns>
    public static int AtLeast(ReadOnlySpan<float> values, float least, Span<int> places)
    {
        int count = 0;
        var bound = Vector512.Create(least);
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(values);
        for (int v = 0; v < vectors.Length; v++)
            for (ulong bits = Vector512.GreaterThanOrEqual(vectors[v], bound).ExtractMostSignificantBits(); bits != 0; bits &= bits - 1)
                places[count++] = v * Vector512<float>.Count + System.Numerics.BitOperations.TrailingZeroCount(bits);
        for (int i = vectors.Length * Vector512<float>.Count; i < values.Length; i++)
            if (values[i] >= least)
                places[count++] = i;
        return count;
    }

    private static void Offer(float value, Span<float> heap)
    {
        if (value <= heap[0])
            return;
        heap[0] = value;
        Sink(heap, 0);
    }

    private static void Sink(Span<float> heap, int parent)
    {
        float value = heap[parent];
        for (int child; (child = 2 * parent + 1) < heap.Length; parent = child)
        {
            if (child + 1 < heap.Length && heap[child + 1] < heap[child])
                child++;
            if (value <= heap[child])
                break;
            heap[parent] = heap[child];
        }
        heap[parent] = value;
    }
}
