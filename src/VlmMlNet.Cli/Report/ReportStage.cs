using VlmMlNet.Training;

namespace VlmMlNet.Cli.Report;

/// <summary>One stage and what the model could do after it.</summary>
/// <param name="Name">The stage.</param>
/// <param name="Points">Its steps.</param>
/// <param name="Cider">CIDEr on held-out pictures after it; null where it was not measured.</param>
/// <param name="AnswerAccuracy">Share of held-out questions answered right after it, 0 to 1; null where it was not measured.</param>
/// <param name="Duration">Time that its training took.</param>
public sealed record ReportStage(string Name, IReadOnlyList<TrainingHistory.Point> Points, double? Cider, double? AnswerAccuracy, TimeSpan Duration);
