namespace VlmMlNet.Evaluation;

/// <summary>An interval around a score.</summary>
/// <param name="Lower">The lower end.</param>
/// <param name="Upper">The upper end.</param>
public readonly record struct ConfidenceInterval(double Lower, double Upper)
{
    /// <summary>The percentile interval of bootstrapped scores; sorts them.</summary>
    internal static ConfidenceInterval Of(double[] scores, double level)
    {
        Array.Sort(scores);
        double tail = (1 - level) / 2;
        return new ConfidenceInterval(Quantile(scores, tail), Quantile(scores, 1 - tail));
    }

    private static double Quantile(double[] sorted, double quantile)
    {
        double position = quantile * (sorted.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
