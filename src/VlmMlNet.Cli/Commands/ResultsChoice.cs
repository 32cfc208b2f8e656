using System.CommandLine;
using Microsoft.ML;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Data;
using VlmMlNet.Files;

namespace VlmMlNet.Cli.Commands;

/// <summary>What the commands that score a file of results have in common.</summary>
/// <param name="references">What the references are.</param>
/// <param name="predictions">What the predictions are.</param>
/// <param name="what">What is scored, in the plural.</param>
/// <param name="column">What each of them has.</param>
internal sealed class ResultsChoice(string references, string predictions, string what, string column)
{
    private readonly Option<string> _references = new("--references") { Description = references, HelpName = "FILE", Required = true };
    private readonly Option<string> _predictions = new("--predictions") { Description = predictions, HelpName = "FILE", Required = true };
    private readonly Option<bool> _onlyPredicted = new("--only-predicted") { Description = $"Leave out {what} that have no {column}." };
    private readonly Option<bool> _json = new("--json") { Description = "Write the scores as JSON." };
    private readonly Option<string?> _perRow = new($"--per-{what[..^1]}") { Description = $"Write the scores of each of the {what} as JSON.", HelpName = "OUT.json" };
    private readonly Option<int> _bootstrap = NumberOption.Whole("--bootstrap", "N", "Draws for the 95 % confidence intervals; 0 for none.", () => 1000, least: 0, most: 1_000_000);

    /// <summary>Gives a command these options and what it does.</summary>
    public void AddTo<TMetrics, TConfidence>(Command command, Shell shell, ResultsScoring<TMetrics, TConfidence> scoring)
        where TConfidence : class
    {
        command.Add(_references);
        command.Add(_predictions);
        command.Add(_onlyPredicted);
        command.Add(_json);
        command.Add(_perRow);
        command.Add(_bootstrap);
        var data = new DataChoice(command, pictures: false);
        command.SetAction(result =>
        {
            var context = new MLContext();
            if (result.GetValue(CommonOptions.Verbose))
                context.Log += (_, e) => shell.Error.WriteLine(e.Message);
            var vlm = context.VisionLanguage();
            string? rows = result.GetValue(_perRow);
            OutputFile.CheckKind(_perRow.Name, rows, "JSON", ".json");
            OutputFile.Check(_perRow.Name, rows, result.GetValue(_references), result.GetValue(_predictions));
            using (rows is null ? null : new PendingFile(rows)) { } // a place that cannot be written is found before any work
            string file = result.GetValue(_references)!;
            var loaded = vlm.Data.Load(file, out var format, data.Read(result));
            if (loaded.Schema.GetColumnOrNull(column == "caption" ? VisionLanguageColumns.Captions : VisionLanguageColumns.Answers) is null)
                throw new MalformedInputException(file, $"it was recognised as {format}, which has no {column}s of {what} to compare with",
                    $"References are {char.ToLowerInvariant(references[0])}{references[1..].TrimEnd('.', ' ', ',')} and others.{(loaded.Schema.GetColumnOrNull(VisionLanguageColumns.Conversation) is null ? "" : " Conversations are scored with a model: vlm evaluate --model DIR --data FILE.")}");
            var metrics = scoring.Score(vlm, loaded, result.GetValue(_predictions)!, result.GetValue(_onlyPredicted));
            TConfidence? confidence = result.GetValue(_bootstrap) is > 0 and var resamples ? scoring.Bootstrap(metrics, resamples) : null;
            if (rows is not null)
                scoring.WriteRows(metrics, rows);
            if (result.GetValue(_json))
                shell.Output.WriteLine(scoring.ToJson(metrics, confidence));
            else
                scoring.WriteLines(shell.Output, metrics, confidence);
            data.Skipped.Report(shell);
            return VlmCommand.Ok;
        });
    }
}
