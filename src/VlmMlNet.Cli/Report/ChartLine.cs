namespace VlmMlNet.Cli.Report;

/// <summary>A curve of a chart.</summary>
/// <param name="Style">Its class in the page's style sheet.</param>
/// <param name="Points">Its points; those that are not finite are left out.</param>
internal sealed record ChartLine(string Style, IReadOnlyList<(double Step, double Value)> Points)
{
    /// <summary>Whether each point is marked.</summary>
    public bool HasDots { get; init; }
}
