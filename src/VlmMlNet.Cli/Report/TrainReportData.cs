using VlmMlNet.Models;
using VlmMlNet.Training.Watching;

namespace VlmMlNet.Cli.Report;

/// <summary>All that the report of a training shows.</summary>
internal sealed record TrainReportData
{
    /// <summary>The heading.</summary>
    public required string Title { get; init; }

    /// <summary>The lines of metrics.jsonl.</summary>
    public required IReadOnlyList<MetricsLine> Metrics { get; init; }

    /// <summary>Parameters of each part of the model.</summary>
    public required ParameterCounts Parameters { get; init; }

    /// <summary>Options of the run, in the order in which they are shown.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Settings { get; init; }

    /// <summary>The pictures that each stage's captions are of.</summary>
    public IReadOnlyList<TrainSample> Samples { get; init; } = [];

    /// <summary>Whether the samples come from data that is trained on, for want of other.</summary>
    public bool SamplesAreTrainedOn { get; init; }
}
