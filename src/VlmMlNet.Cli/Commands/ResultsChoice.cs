using System.CommandLine;
using Microsoft.ML;
using VlmMlNet.Cli.Terminal;

namespace VlmMlNet.Cli.Commands;

/// <summary>The options of the commands that score a file of results.</summary>
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
    private readonly Option<int> _bootstrap = new("--bootstrap") { Description = "Draws for the 95 % confidence intervals; 0 for none.", HelpName = "N", DefaultValueFactory = _ => 1000 };
    private DataChoice? _data;

    public void AddTo(Command command)
    {
        _bootstrap.Validators.Add(r => { if (r.Tokens is [{ Value: var text }] && int.TryParse(text, out int n) && n < 0) r.AddError($"--bootstrap is {text}; it must not be negative."); });
        command.Add(_references);
        command.Add(_predictions);
        command.Add(_onlyPredicted);
        command.Add(_json);
        command.Add(_perRow);
        command.Add(_bootstrap);
        _data = new DataChoice(command, pictures: false);
    }

    public string Predictions(ParseResult result) => result.GetValue(_predictions)!;

    public bool OnlyPredicted(ParseResult result) => result.GetValue(_onlyPredicted);

    public bool IsJson(ParseResult result) => result.GetValue(_json);

    public string? PerRowFile(ParseResult result) => result.GetValue(_perRow);

    public int Resamples(ParseResult result) => result.GetValue(_bootstrap);

    public IDataView LoadReferences(ParseResult result, Shell shell)
    {
        var context = new MLContext();
        if (result.GetValue(CommonOptions.Verbose))
            context.Log += (_, e) => shell.Error.WriteLine(e.Message);
        return context.VisionLanguage().Data.Load(result.GetValue(_references)!, _data!.Read(result));
    }

    public void ReportBadRows(Shell shell) => _data!.Skipped.Report(shell);
}
