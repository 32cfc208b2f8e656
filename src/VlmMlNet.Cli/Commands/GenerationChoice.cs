using System.CommandLine;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Generation;

namespace VlmMlNet.Cli.Commands;

/// <summary>The options that commands have in common which generate answers.</summary>
internal sealed class GenerationChoice
{
    private readonly Option<int?> _maxTokens, _answers;
    private readonly Option<int?> _minTokens = CommonOptions.Positive("--min-tokens", "N", "Tokens before which an answer does not end by itself.");
    private readonly Option<double?> _temperature = new("--temperature") { Description = "Draw tokens: below 1 likely ones become likelier. Default: 0, always the most likely one.", HelpName = "T" };
    private readonly Option<int?> _topK = CommonOptions.Positive("--top-k", "K", "Draw among the K most likely tokens.");
    private readonly Option<double?> _topP = CommonOptions.PositiveNumber("--top-p", "P", "Draw among the fewest tokens whose probabilities reach P.");
    private readonly Option<int?> _seed = new("--seed") { Description = "Draw the same answers each time.", HelpName = "N" };
    private readonly Option<double?> _repetitionPenalty = CommonOptions.PositiveNumber("--repetition-penalty", "X", "Make tokens that were there already less likely: 1 does nothing, 1.1 some.");
    private readonly Option<int?> _beams = CommonOptions.Positive("--beams", "N", "Search for the most likely answer among N beginnings at once.");
    private readonly Option<double?> _lengthPenalty = new("--length-penalty") { Description = "With beams: above 0 longer answers, below 0 shorter ones. Default: 1.", HelpName = "X" };
    private readonly Option<string[]> _stop = new("--stop") { Description = "Text that ends an answer and is cut from it; may be given several times.", HelpName = "TEXT" };

    // Messages of the library name its options; a command line has others.
    private static readonly (string Library, string Command)[] s_names =
    [
        (nameof(GenerationOptions.MaxTokens), "--max-tokens"), (nameof(GenerationOptions.MinTokens), "--min-tokens"), (nameof(GenerationOptions.Temperature), "--temperature"),
        (nameof(GenerationOptions.TopK), "--top-k"), (nameof(GenerationOptions.TopP), "--top-p"), (nameof(GenerationOptions.RepetitionPenalty), "--repetition-penalty"),
        (nameof(GenerationOptions.NumBeams), "--beams"), (nameof(GenerationOptions.LengthPenalty), "--length-penalty"), (nameof(GenerationOptions.StopSequences), "--stop texts"),
        (nameof(GenerationOptions.NumAnswers), "--answers"), ($"{nameof(GenerationOptions)}: ", ""),
    ];

    /// <param name="command">The command that has these options.</param>
    /// <param name="maxTokensDefault">What holds where the most tokens are not given.</param>
    /// <param name="severalAnswers">Whether a prompt may have several answers.</param>
    public GenerationChoice(Command command, string maxTokensDefault = "64", bool severalAnswers = true)
    {
        _maxTokens = CommonOptions.Positive("--max-tokens", "N", $"Most tokens of an answer. Default: {maxTokensDefault}.");
        _answers = CommonOptions.Positive("--answers", "N", "Answers to each prompt, with --temperature or --beams; each is a line of its own.");
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
            throw new UsageException(s_names.Aggregate(e.Message, (text, name) => text.Replace(name.Library, name.Command, StringComparison.Ordinal)));
        }
    }
}
