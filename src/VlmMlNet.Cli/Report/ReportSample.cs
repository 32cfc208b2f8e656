namespace VlmMlNet.Cli.Report;

/// <summary>A picture and what was said about it.</summary>
/// <param name="Png">The picture as a PNG file.</param>
/// <param name="References">Captions that people, or the generator of the data, gave it.</param>
/// <param name="Caption">The caption that the model generated.</param>
/// <param name="Questions">Questions with the model's answers.</param>
public sealed record ReportSample(ReadOnlyMemory<byte> Png, IReadOnlyList<string> References, string Caption, IReadOnlyList<ReportQuestion> Questions);
