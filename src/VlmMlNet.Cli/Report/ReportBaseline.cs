namespace VlmMlNet.Cli.Report;

/// <summary>A text that is given for everything, and how far it gets.</summary>
/// <param name="Text">The caption or answer.</param>
/// <param name="Score">CIDEr of a caption, or the share of the questions (0 to 1) that an answer gets right.</param>
public sealed record ReportBaseline(string Text, double Score);
