using System.Runtime.InteropServices;
using VlmMlNet.Generation.Sampling;
using VlmMlNet.Models;

namespace VlmMlNet.Generation.Answers;

/// <summary>One answer, token by token: greedy or drawn.</summary>
internal sealed class SingleAnswer : AnswerDecoding
{
    private const int MaxReserved = 1024;
    private readonly GenerationOptions _options;
    private readonly TokenChooser _chooser;
    private readonly int[] _prompt;
    private readonly int[] _slot;
    private readonly List<int> _tokens;
    private readonly List<float> _logProbabilities;
    private RandomStream _random;

    /// <param name="options">How tokens are chosen.</param>
    /// <param name="chooser">Chooses them.</param>
    /// <param name="text">Empty.</param>
    /// <param name="prompt">The prompt's tokens.</param>
    /// <param name="slot">Holds the prompt.</param>
    /// <param name="random">The answer's random numbers.</param>
    public SingleAnswer(GenerationOptions options, TokenChooser chooser, AnswerText text, int[] prompt, int slot, RandomStream random)
    {
        (_options, _chooser, Text, _prompt, _slot, _random) = (options, chooser, text, prompt, [slot], random);
        int reserved = Math.Min(options.MaxTokens, MaxReserved);
        (_tokens, _logProbabilities) = (new List<int>(reserved), new List<float>(options.LogProbabilities ? reserved : 0));
    }

    /// <summary>The text so far.</summary>
    public AnswerText Text { get; }

    public override ReadOnlySpan<int> Slots => _slot;

    public override bool Choose(DecodingSession session)
    {
        int token = _chooser.Choose(session, _slot[0], _prompt, CollectionsMarshal.AsSpan(_tokens), ref _random, out float logProbability);
        _tokens.Add(token);
        if (_options.LogProbabilities)
            _logProbabilities.Add(logProbability);
        bool stops = _chooser.Ends(token) || Text.Append(token);
        if (!stops && _tokens.Count < _options.MaxTokens)
            return true;
        Text.Complete();
        Answers =
        [
            new GeneratedAnswer
            {
                Text = Text.ToString(),
                TokenIds = _tokens,
                FinishReason = stops ? FinishReason.Stop : FinishReason.Length,
                TokenLogProbabilities = _options.LogProbabilities ? _logProbabilities : null,
            },
        ];
        return false;
    }

    public override int Pending(Span<int> slots, Span<int> tokens)
    {
        (slots[0], tokens[0]) = (_slot[0], _tokens[^1]);
        return 1;
    }
}
