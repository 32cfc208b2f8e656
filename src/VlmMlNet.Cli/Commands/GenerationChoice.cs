using System.CommandLine;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Generation;

namespace VlmMlNet.Cli.Commands;

/// <summary>The options that commands have in common which generate answers.</summary>
internal sealed class GenerationChoice
{
    private readonly Option<int?> _maxTokens, _answers;
    private readonly Option<int?> _minTokens = CommonOptions.Positive("--min-tokens", "N", "Tokens before which an answer does not end by itself. Default: 0.", GenerationLimits.MaxTokens);
    private readonly Option<double?> _temperature = NumberOption.Real("--temperature", "T", "Draw tokens: below 1 likely ones become likelier. Default: 0, always the most likely one.", 0, GenerationLimits.Temperature);
    private readonly Option<int?> _topK = CommonOptions.Positive("--top-k", "K", "Draw among the K most likely tokens. Default: all.", GenerationLimits.TopK);
    private readonly Option<double?> _topP = CommonOptions.PositiveNumber("--top-p", "P", "Draw among the fewest tokens whose probabilities reach P, above 0 and at most 1. Default: 1, all.", 1);
    private readonly Option<int?> _seed = NumberOption.Whole("--seed", "N", "Draw the same answers each time. Default: others each time.");
    private readonly Option<double?> _repetitionPenalty = NumberOption.Real("--repetition-penalty", "X", "Make tokens that were there already less likely: 1 does nothing, 1.1 some. Default: 1; from 0.001 to 1000.", GenerationLimits.LeastRepetitionPenalty, GenerationLimits.RepetitionPenalty);
    private readonly Option<int?> _beams = CommonOptions.Positive("--beams", "N", "Search for the most likely answer among N beginnings at once. Default: 1, no search.", GenerationLimits.NumBeams);
    private readonly Option<double?> _lengthPenalty = NumberOption.Real("--length-penalty", "X", "With beams: above 0 longer answers, below 0 shorter ones. Default: 1; from -100 to 100.", -GenerationLimits.LengthPenalty, GenerationLimits.LengthPenalty);
    private readonly Option<string[]> _stop = new("--stop") { Description = "Text that ends an answer and is cut from it; may be given several times, 100 at most.", HelpName = "TEXT" };

    /// <param name="command">The command that has these options.</param>
    /// <param name="maxTokensDefault">What holds where the most tokens are not given.</param>
    /// <param name="severalAnswers">Whether a prompt may have several answers.</param>
    public GenerationChoice(Command command, string maxTokensDefault = "64", bool severalAnswers = true)
    {
        _maxTokens = CommonOptions.Positive("--max-tokens", "N", $"Most tokens of an answer, as many as the model has positions. Default: {maxTokensDefault}.", GenerationLimits.MaxTokens);
        _answers = CommonOptions.Positive("--answers", "N", "Answers to each prompt, with --temperature or --beams; each is a line of its own. Default: 1.", GenerationLimits.NumAnswers);
        foreach (var option in (Option[])[_maxTokens, _minTokens, _temperature, _topK, _topP, _seed, _repetitionPenalty, _beams, _lengthPenalty, _stop])
            command.Add(option);
        if (severalAnswers)
            command.Add(_answers);
    }

    /// <summary>How answers are generated.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="basis">What holds where the command line says nothing.</param>
    /// <exception cref="UsageException">Options contradict each other.</exception>
    public GenerationOptions Read(ParseResult result, GenerationOptions basis)
    {
        // Who asks for the most likely tokens asks for nothing that belongs to drawing.
        if (result.GetValue(_temperature) is 0)
            basis = basis with { TopK = null, TopP = 1 };
        var options = basis with
        {
            MaxTokens = result.GetValue(_maxTokens) ?? basis.MaxTokens,
            MinTokens = result.GetValue(_minTokens) ?? basis.MinTokens,
            Temperature = result.GetValue(_temperature) ?? basis.Temperature,
            TopK = result.GetValue(_topK) ?? basis.TopK,
            TopP = result.GetValue(_topP) ?? basis.TopP,
            Seed = result.GetValue(_seed) ?? basis.Seed,
            RepetitionPenalty = result.GetValue(_repetitionPenalty) ?? basis.RepetitionPenalty,
            NumBeams = result.GetValue(_beams) ?? basis.NumBeams,
            LengthPenalty = result.GetValue(_lengthPenalty) ?? basis.LengthPenalty,
            StopSequences = result.GetValue(_stop) is { Length: > 0 } texts ? texts : basis.StopSequences,
            NumAnswers = (result.CommandResult.Command.Options.Contains(_answers) ? result.GetValue(_answers) : null) ?? basis.NumAnswers,
        };
        Explain(options.Check);
        return options;
    }

    /// <summary>Runs what checks options, and says what they are called here.</summary>
    public static void Explain(Action check)
    {
        try
        {
            check();
        }
        catch (ArgumentException e)
        {
            throw new UsageException(ErrorText.Of(e.Message));
        }
    }
}
