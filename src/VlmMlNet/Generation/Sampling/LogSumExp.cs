using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace VlmMlNet.Generation.Sampling;

/// <summary>The logarithm of a sum of exponentials: what logits are lessened by to become log-probabilities.</summary>
internal static class LogSumExp
{
    private const int AtOnce = 1024;

    /// <summary>ln Σ exp(logits); NaN or infinite where the largest logit is.</summary>
    public static double Of(ReadOnlySpan<float> logits)
    {
        float largest = TensorPrimitives.Max(logits);
        if (!float.IsFinite(largest))
            return largest;
        double sum = 0;
        Span<float> some = stackalloc float[AtOnce];
        for (int first = 0; first < logits.Length; first += AtOnce)
        {
            var part = some[..Math.Min(AtOnce, logits.Length - first)];
            TensorPrimitives.Subtract(logits.Slice(first, part.Length), largest, part);
            TensorPrimitives.Exp(part, part);
            sum += Sum(part);
        }
        return largest + Math.Log(sum);
    }

    /// <summary>A sum in double precision, in the same order on every processor.</summary>
    public static double Sum(ReadOnlySpan<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(values);
        Vector512<double> lower = default, upper = default;
        foreach (var vector in vectors)
        {
            var (low, high) = Vector512.Widen(vector);
            lower += low;
            upper += high;
        }
        double sum = Vector512.Sum(lower + upper);
        foreach (float value in values[(vectors.Length * Vector512<float>.Count)..])
            sum += value;
        return sum;
    }
}
