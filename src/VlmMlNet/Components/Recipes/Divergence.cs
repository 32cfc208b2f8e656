namespace VlmMlNet.Components.Recipes;

/// <summary>How far apart two distributions over the same tokens are.</summary>
internal static class Divergence
{
    /// <summary>The Kullback-Leibler divergence of the second from the first, in nats; never negative.</summary>
    /// <param name="reference">Logits.</param>
    /// <param name="other">As many logits.</param>
    public static double KullbackLeibler(ReadOnlySpan<float> reference, ReadOnlySpan<float> other)
    {
        double referenceNorm = LogSumExp(reference), otherNorm = LogSumExp(other), sum = 0;
        for (int i = 0; i < reference.Length; i++)
        {
            double log = reference[i] - referenceNorm, probability = Math.Exp(log);
            if (probability > 0)
                sum += probability * (log - (other[i] - otherNorm));
        }
        return Math.Max(0, sum);
    }

    private static double LogSumExp(ReadOnlySpan<float> logits)
    {
        float largest = float.MinValue;
        foreach (float logit in logits)
            largest = Math.Max(largest, logit);
        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - largest);
        return largest + Math.Log(sum);
    }
}
