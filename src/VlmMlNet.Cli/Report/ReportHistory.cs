using VlmMlNet.Training;

namespace VlmMlNet.Cli.Report;

/// <summary>The course of one training run.</summary>
/// <param name="Name">What was trained.</param>
/// <param name="Points">Its steps.</param>
/// <param name="Duration">Time that it took.</param>
public sealed record ReportHistory(string Name, IReadOnlyList<TrainingHistory.Point> Points, TimeSpan Duration);
