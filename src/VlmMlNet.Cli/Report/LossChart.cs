using VlmMlNet.Training;

namespace VlmMlNet.Cli.Report;

/// <summary>The loss of one training run: every step faintly, their running mean boldly, and above it the validations.</summary>
internal static class LossChart
{
    /// <summary>Draws.</summary>
    /// <param name="name">What was trained.</param>
    /// <param name="points">Its steps.</param>
    /// <param name="validations">Validation losses; null for none.</param>
    public static string Svg(string name, IReadOnlyList<TrainingHistory.Point> points, IReadOnlyList<(double Step, double Value)>? validations = null)
    {
        var finite = points.Where(p => double.IsFinite(p.Loss)).ToList();
        if (finite.Count == 0)
            return LineChart.Svg("", "", []);
        var lines = new List<ChartLine> { new("steps", [.. finite.Select(p => ((double)p.Step, p.Loss))]) };
        if (finite.Count > 1)
            lines.Add(new ChartLine("mean", RunningMean(finite)));
        if (validations is { Count: > 0 })
            lines.Add(new ChartLine("validation", validations) { HasDots = true });
        string validation = validations is { Count: > 0 } ? FormattableString.Invariant($"; in validation {validations[^1].Value:F3} at last") : "";
        return LineChart.Svg(FormattableString.Invariant($"Loss of {name}: {finite[0].Loss:F3} at first, {finite[^1].Loss:F3} at last{validation}"), "loss (nats)", lines);
    }

    /// <summary>The mean over a window of a twentieth of the run, centred, so that the line does not lag behind the steps.</summary>
    internal static IReadOnlyList<(double Step, double Loss)> RunningMean(IReadOnlyList<TrainingHistory.Point> points)
    {
        int half = Math.Max(1, points.Count / 40);
        var sums = new double[points.Count + 1];
        for (int i = 0; i < points.Count; i++)
            sums[i + 1] = sums[i] + points[i].Loss;
        var means = new (double, double)[points.Count];
        for (int i = 0; i < points.Count; i++)
        {
            int from = Math.Max(0, i - half), to = Math.Min(points.Count, i + half + 1);
            means[i] = (points[i].Step, (sums[to] - sums[from]) / (to - from));
        }
        return means;
    }
}
