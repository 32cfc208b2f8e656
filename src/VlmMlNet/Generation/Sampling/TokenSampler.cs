using System.Numerics.Tensors;

namespace VlmMlNet.Generation.Sampling;

/// <summary>Draws tokens by temperature, top-k and top-p, in this order.</summary>
/// <remarks>A drawn token depends only on the logits and the random number: tokens that are kept share the numbers from 0 to 1 in the
/// order of their ids. What is kept is Hugging Face's choice: with top-k all that equal the k-th, with top-p a token whose more
/// likely ones do not reach the sum; of equally likely ones the first.</remarks>
internal sealed class TokenSampler
{
    private readonly double _temperature, _topP;
    private readonly float[] _heap; // [k] where k is less than all
    private readonly int[] _kept;
    private readonly float[] _weights, _order;

    /// <param name="options">With a temperature.</param>
    /// <param name="vocabSize">Number of logits.</param>
    public TokenSampler(GenerationOptions options, int vocabSize)
    {
        (_temperature, _topP) = (options.Temperature, options.TopP);
        _heap = options.TopK < vocabSize ? new float[options.TopK.Value] : [];
        (_kept, _weights, _order) = (new int[vocabSize], new float[vocabSize], new float[vocabSize]);
    }

    /// <summary>Draws a token.</summary>
    /// <param name="logits">The logits, which are overwritten.</param>
    /// <param name="random">From 0 to below 1.</param>
    public int Draw(Span<float> logits, double random)
    {
        float largest = TensorPrimitives.Max(logits);
        if (!float.IsFinite(largest))
            throw new InvalidOperationException($"The model's largest logit is {largest}: its weights are damaged, or a training diverged.");
        int count;
        double total;
        if (_heap.Length > 0)
        {
            count = LargestValues.AtLeast(logits, LargestValues.Kth(logits, _heap), _kept);
            for (int i = 0; i < count; i++)
                _weights[i] = logits[_kept[i]];
            ToWeights(_weights.AsSpan(0, count), largest);
            total = LogSumExp.Sum(_weights.AsSpan(0, count));
        }
        else
        {
            ToWeights(logits, largest);
            total = LogSumExp.Sum(logits);
            // All those below this bound together are less than what top-p leaves out.
            float bound = (float)(0.999 * (1 - _topP) * total / logits.Length);
            count = LargestValues.AtLeast(logits, Math.Max(bound, float.Epsilon), _kept);
            for (int i = 0; i < count; i++)
                _weights[i] = logits[_kept[i]];
        }
        if (_topP < 1)
            (count, total) = KeepNucleus(count, _topP * total);
        return _kept[Pick(_weights.AsSpan(0, count), random * total)];
    }

    private void ToWeights(Span<float> logits, float largest)
    {
        TensorPrimitives.Subtract(logits, largest, logits);
        TensorPrimitives.Divide(logits, (float)Math.Max(_temperature, 1e-30), logits);
        TensorPrimitives.Exp(logits, logits);
    }

    private (int Count, double Total) KeepNucleus(int count, double target)
    {
        _weights.AsSpan(0, count).CopyTo(_order);
        var (least, ties) = Nucleus.Find(_order.AsSpan(0, count), target);
        int kept = 0;
        for (int i = 0; i < count; i++)
            if (_weights[i] > least || (_weights[i] == least && ties-- > 0))
                (_kept[kept], _weights[kept++]) = (_kept[i], _weights[i]);
        return (kept, LogSumExp.Sum(_weights.AsSpan(0, kept)));
    }

    private static int Pick(ReadOnlySpan<float> weights, double point)
    {
        for (int i = 0; i < weights.Length; i++)
            if ((point -= weights[i]) < 0)
                return i;
        return weights.Length - 1; // rounding
    }
}
