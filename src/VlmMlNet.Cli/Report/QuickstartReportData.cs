using VlmMlNet.Models;

namespace VlmMlNet.Cli.Report;

/// <summary>All that the quickstart's report shows.</summary>
public sealed record QuickstartReportData
{
    /// <summary>The heading.</summary>
    public required string Title { get; init; }

    /// <summary>Settings of the run, in the order in which they are shown.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Settings { get; init; }

    /// <summary>Parameters of each part of the model.</summary>
    public required ParameterCounts Parameters { get; init; }

    /// <summary>How the backbones were trained before the stages.</summary>
    public IReadOnlyList<ReportHistory> Backbones { get; init; } = [];

    /// <summary>The stages, in order.</summary>
    public required IReadOnlyList<ReportStage> Stages { get; init; }

    /// <summary>The best caption that is the same for every picture.</summary>
    public required ReportBaseline Floor { get; init; }

    /// <summary>CIDEr of the references against each other.</summary>
    public double? Ceiling { get; init; }

    /// <summary>The most frequent answer, and the share of the questions that it answers.</summary>
    public ReportBaseline? MajorityAnswer { get; init; }

    /// <summary>Held-out pictures with what the model says about them.</summary>
    public IReadOnlyList<ReportSample> Samples { get; init; } = [];
}
