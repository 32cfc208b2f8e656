using VlmMlNet.Training;

namespace VlmMlNet.Cli.Commands;

/// <summary>How a training is watched.</summary>
internal sealed record WatchSettings
{
    public string? TensorBoard { get; init; }
    public string? KeptText { get; init; }
    public ValidationOptions Validation { get; init; } = new();
    public bool MeasuresScore { get; init; }
}
