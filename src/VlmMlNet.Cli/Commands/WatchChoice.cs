using System.CommandLine;
using System.Globalization;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Training;

namespace VlmMlNet.Cli.Commands;

/// <summary>The options of <c>vlm train</c> that watch a run, or let it be decided by what is seen.</summary>
internal sealed class WatchChoice
{
    private const string Loss = "loss", Score = "score";
    private const double DefaultShare = 0.2;
    private readonly Option<string?> _every = new("--validate-every") { Description = "How often --validation is scored within a stage: steps (500) or a share of the stage (10%). Default: 20%.", HelpName = "N or P%" };
    private readonly Option<bool> _score = new("--validation-score") { Description = "Caption or answer --validation each time, not only after each stage: CIDEr, or exact matches of questions." };
    private readonly Option<string?> _keepBest = new("--keep-best")
    {
        Description = "Go on from each stage's best validation instead of its last step. By the loss, or by the score with --validation-score.",
        HelpName = "loss or score",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<int?> _patience = CommonOptions.Positive("--patience", "N", "End a stage after so many validations in a row that are no better than its best.");
    private readonly Option<string?> _tensorBoard = new("--tensorboard") { Description = "Write curves for TensorBoard there, each stage in a folder of its own.", HelpName = "DIR" };
    private readonly Option<string?> _keptText = new("--kept-text") { Description = "Text that is not trained on, a sentence a line: a language model whose perplexity on it rises is said to forget. Default: sentences of the program's own, except with --config tiny.", HelpName = "FILE" };

    public WatchChoice()
    {
        _every.Validators.Add(r => { if (r.Tokens is [{ Value: var text }] && Parse(text) is null) r.AddError($"--validate-every '{text}' is neither a number of steps such as 500 nor a share such as 10%."); });
        _keepBest.AcceptOnlyFromAmong(Loss, Score);
    }

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_every, _score, _keepBest, _patience, _tensorBoard, _keptText])
            command.Add(option);
    }

    /// <summary>What was chosen.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="limit">Rows of --validation.</param>
    /// <param name="hasValidation">Whether there is --validation.</param>
    /// <exception cref="UsageException">An option needs another.</exception>
    public WatchSettings Read(ParseResult result, int limit, bool hasValidation)
    {
        foreach (var option in (Option[])[_every, _score, _keepBest, _patience])
            if (!hasValidation && result.GetResult(option) is { Implicit: false })
                throw new UsageException($"{option.Name} needs --validation. See 'vlm train --help'.");
        bool keeps = result.GetResult(_keepBest) is { Implicit: false }, measures = result.GetValue(_score);
        var measure = result.GetValue(_keepBest) == Score ? ValidationMeasure.Score : ValidationMeasure.Loss;
        if (measure == ValidationMeasure.Score && !measures)
            throw new UsageException("--keep-best score needs --validation-score. See 'vlm train --help'.");
        var (steps, share) = result.GetValue(_every) is { } every ? Parse(every)!.Value : (null, DefaultShare);
        return new WatchSettings
        {
            TensorBoard = result.GetValue(_tensorBoard),
            KeptText = result.GetValue(_keptText),
            MeasuresScore = measures,
            Validation = new ValidationOptions { EverySteps = steps, Share = share, Limit = limit, KeepBest = keeps, Measure = measure, Patience = result.GetValue(_patience) },
        };
    }

    private static (int? Steps, double Share)? Parse(string text)
    {
        if (text.EndsWith('%'))
            return double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) && percent is > 0 and <= 100 ? (null, percent / 100) : null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int steps) && steps > 0 ? (steps, DefaultShare) : null;
    }
}
