namespace VlmMlNet.Cli.Report;

/// <summary>A question, the model's answer and the right one.</summary>
/// <param name="Question">The question.</param>
/// <param name="Answer">What the model answered.</param>
/// <param name="Expected">The right answer.</param>
/// <param name="IsRight">Whether the answer counts as right, by the same rule as the accuracy in the table.</param>
public sealed record ReportQuestion(string Question, string Answer, string Expected, bool IsRight);
