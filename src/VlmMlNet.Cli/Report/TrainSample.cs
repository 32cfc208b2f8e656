namespace VlmMlNet.Cli.Report;

/// <summary>A picture of a training's report.</summary>
/// <param name="Png">The picture as a PNG file.</param>
/// <param name="Question">What the model is asked about it.</param>
/// <param name="Reference">What the data says about it.</param>
internal sealed record TrainSample(ReadOnlyMemory<byte> Png, string Question, string Reference);
