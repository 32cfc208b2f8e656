using VlmMlNet.Training;
using VlmMlNet.Training.Watching;

namespace VlmMlNet.Cli.Report;

/// <summary>The lines of one stage, or of one of the trainings before the stages.</summary>
internal sealed class TrainReportStage(string name, IEnumerable<MetricsLine> lines)
{
    private readonly List<MetricsLine> _lines = [.. lines];

    public string Name { get; } = name;

    /// <summary>Its steps.</summary>
    public IReadOnlyList<MetricsLine> Steps => field ??= [.. _lines.Where(l => l.IsStep)];

    /// <summary>Its steps with their losses.</summary>
    public IReadOnlyList<TrainingHistory.Point> Points =>
        field ??= [.. Steps.Select(l => new TrainingHistory.Point(l.Step, l.Loss ?? double.NaN, l.RateFactor!.Value, l.GradientNorm ?? double.NaN))];

    /// <summary>Validation losses.</summary>
    public IReadOnlyList<(double Step, double Value)> ValidationLosses => field ??= Curve(l => l.ValidationLoss);

    /// <summary>Validation scores.</summary>
    public IReadOnlyList<(double Step, double Value)> ValidationScores => field ??= Curve(l => l.ValidationScore);

    public IReadOnlyList<MetricsLine> Findings => field ??= [.. _lines.Where(l => l.Diagnostic is not null)];

    public int Skipped => Steps.Count(l => l.Skipped == true);

    /// <summary>The first value that a line has.</summary>
    public T? Last<T>(Func<MetricsLine, T?> value) where T : class => _lines.Select(value).LastOrDefault(v => v is not null);

    /// <summary>The last number that a line has.</summary>
    public T? LastNumber<T>(Func<MetricsLine, T?> value) where T : struct => _lines.Select(value).LastOrDefault(v => v is not null);

    /// <summary>A number of each step that has it.</summary>
    public IReadOnlyList<(double Step, double Value)> Curve(Func<MetricsLine, double?> value) =>
        [.. _lines.Where(l => value(l) is not null).Select(l => ((double)l.Step, value(l)!.Value))];

    /// <summary>All stages in the order of their lines.</summary>
    public static IReadOnlyList<TrainReportStage> Of(IEnumerable<MetricsLine> metrics) =>
        [.. metrics.GroupBy(l => l.Stage).Select(g => new TrainReportStage(g.Key, g)).Where(s => s.Steps.Count > 0)];
}
