using Microsoft.ML;

namespace VlmMlNet.Cli.Commands;

/// <summary>How a command that scores a file of results does so.</summary>
/// <param name="Score">Scores: references, the file, and whether references without a result are left out.</param>
/// <param name="Bootstrap">Draws as often as is said.</param>
/// <param name="WriteRows">Writes the scores of each row to a file.</param>
/// <param name="ToJson">The scores as JSON.</param>
/// <param name="WriteLines">Writes the scores as lines to read.</param>
internal sealed record ResultsScoring<TMetrics, TConfidence>(
    Func<VisionLanguageCatalog, IDataView, string, bool, TMetrics> Score,
    Func<TMetrics, int, TConfidence> Bootstrap,
    Action<TMetrics, string> WriteRows,
    Func<TMetrics, TConfidence?, string> ToJson,
    Action<TextWriter, TMetrics, TConfidence?> WriteLines)
    where TConfidence : class;
