using System.Globalization;

namespace VlmMlNet.Training.Watching;

/// <summary>What the course of the loss says while a stage runs: a plateau in alignment, a learning rate that is too high.</summary>
internal sealed class LossCourse(TrainingStage stage, TrainingHistory history, long totalSteps)
{
    private const int PlateauFrom = 100, LeastWindow = 50, Window = 25, Windows = 4, Interval = 10;
    private const double PlateauLow = 4, PlateauHigh = 6.5, LeastGain = 0.01;
    private const double LeastRate = 0.2, Rise = 1.3, LeastRise = 0.05, Spread = 2;

    private bool IsAlignment => stage is { VisionLearningRate: null, LanguageLearningRate: null, ProjectorLearningRate: not null };

    private long WarmedUp => (long)(stage.WarmupRatio * totalSteps);

    /// <summary>Looks at the steps until now; now and then, since that takes time.</summary>
    public IEnumerable<TrainingDiagnostic> Look()
    {
        if (history.Points.Count % Interval != 0)
            yield break;
        if (Plateau() is { } plateau)
            yield return plateau;
        if (TooHigh() is { } high)
            yield return high;
    }

    private TrainingDiagnostic? Plateau()
    {
        int count = history.Points.Count, window = Math.Max(LeastWindow, count / 5);
        if (!IsAlignment || Has(TrainingDiagnosticKind.Plateau) || count < Math.Max(PlateauFrom, WarmedUp + 2 * window))
            return null;
        double before = Mean(count - 2 * window, window), last = Mean(count - window, window);
        if (last is not (>= PlateauLow and <= PlateauHigh) || before - last > LeastGain * before)
            return null;
        return Found(TrainingDiagnosticKind.Plateau, string.Create(CultureInfo.InvariantCulture,
            $"the loss stays at {last:F2} (it was {before:F2} in the {window} steps before the last {window}), although the projector alone is to be aligned. A plateau near 5 means that the captions are too irregular for that: recaption the pictures, so that all captions have one style, or take data of one source."));
    }

    // The noise of the data is in every window: what is looked for is a spread that grows together with the mean. Where the rate
    // is low at last, a rise has other causes.
    private TrainingDiagnostic? TooHigh()
    {
        int count = history.Points.Count;
        if (Has(TrainingDiagnosticKind.LearningRateTooHigh) || count < Windows * Window || history.Points[^1].RateFactor < LeastRate)
            return null;
        var best = (Mean: double.MaxValue, Spread: 0.0, Start: 0);
        for (int start = 0; start + 2 * Window <= count; start += Window)
        {
            if (Mean(start, Window) is var mean && mean < best.Mean)
                best = (mean, SpreadOf(start, Window), start);
        }
        double last = Mean(count - Window, Window), spread = SpreadOf(count - Window, Window);
        if (!(last > Rise * best.Mean + LeastRise) || !(spread > Spread * best.Spread))
            return null;
        return Found(TrainingDiagnosticKind.LearningRateTooHigh, string.Create(CultureInfo.InvariantCulture,
            $"the loss has risen to {last:F3} ± {spread:F3} in the last {Window} steps; in steps {best.Start + 1} to {best.Start + Window} it was {best.Mean:F3} ± {best.Spread:F3}. Its spread has grown with it: the learning rate is too high. Take a half or a third of it, or a longer warm-up."));
    }

    private TrainingDiagnostic Found(TrainingDiagnosticKind kind, string text) => new() { Kind = kind, Step = history.Points[^1].Step, Text = $"{stage.Name}: {text}" };

    private bool Has(TrainingDiagnosticKind kind) => history.Diagnostics.Any(d => d.Kind == kind);

    private IEnumerable<double> Losses(int start, int length)
    {
        for (int i = start; i < start + length; i++)
            if (!history.Points[i].IsSkipped)
                yield return history.Points[i].Loss;
    }

    private double Mean(int start, int length) => Losses(start, length).DefaultIfEmpty(double.NaN).Average();

    // Of neighbours' differences, so that a fall within the window is no spread.
    private double SpreadOf(int start, int length)
    {
        double[] losses = [.. Losses(start, length)];
        return losses.Length < 2 ? double.NaN : Math.Sqrt(losses.Zip(losses.Skip(1), (a, b) => (a - b) * (a - b)).Average() / 2);
    }
}
