using System.Numerics.Tensors;
using VlmMlNet.Models;

namespace VlmMlNet.Generation.Sampling;

/// <summary>Chooses the tokens of answers: the most likely or a drawn one, after the repetition penalty and the least length. Serves
/// one answer after another, so that its buffers are there once.</summary>
internal sealed class TokenChooser
{
    private readonly GenerationOptions _options;
    private readonly int[] _endIds;
    private readonly TokenSampler? _sampler;
    private readonly float[] _scores; // a copy of logits, to change
    private readonly int[] _penalised; // the turn in which a token's score was penalised
    private int _turn;

    /// <param name="options">How tokens are chosen.</param>
    /// <param name="vocabSize">Number of logits.</param>
    /// <param name="endIds">Tokens that end an answer.</param>
    public TokenChooser(GenerationOptions options, int vocabSize, int[] endIds)
    {
        (_options, _endIds) = (options, endIds);
        _sampler = options.Temperature > 0 ? new TokenSampler(options, vocabSize) : null;
        _scores = _sampler is not null || options.NumBeams > 1 || options.MinTokens > 0 || options.RepetitionPenalty != 1 ? new float[vocabSize] : [];
        _penalised = options.RepetitionPenalty != 1 ? new int[vocabSize] : [];
    }

    /// <summary>Whether a token ends an answer.</summary>
    public bool Ends(int token) => _endIds.AsSpan().Contains(token);

    /// <summary>How many tokens end an answer.</summary>
    public int EndCount => _endIds.Length;

    /// <summary>The next token of an answer.</summary>
    /// <param name="session">The session.</param>
    /// <param name="slot">Where the answer's tokens are.</param>
    /// <param name="prompt">The prompt's tokens.</param>
    /// <param name="answer">The answer's tokens so far.</param>
    /// <param name="random">The answer's random numbers.</param>
    /// <param name="logProbability">The model's own log-probability of the token, where they are asked for, else NaN.</param>
    public int Choose(DecodingSession session, int slot, ReadOnlySpan<int> prompt, ReadOnlySpan<int> answer, ref RandomStream random, out float logProbability)
    {
        bool isPlain = _sampler is null && _options.RepetitionPenalty == 1 && answer.Length >= _options.MinTokens;
        int token;
        if (isPlain)
        {
            token = session.MostLikely(slot);
        }
        else
        {
            session.Logits(slot).CopyTo(_scores);
            Adjust(prompt, answer);
            token = _sampler?.Draw(_scores, random.Next()) ?? TensorPrimitives.IndexOfMax<float>(_scores);
        }
        var logits = session.Logits(slot);
        if (!float.IsFinite(logits[token]))
            throw new InvalidOperationException($"The model's largest logit is {logits[token]}: its weights are damaged, or a training diverged.");
        logProbability = _options.LogProbabilities ? (float)(logits[token] - LogSumExp.Of(logits)) : float.NaN;
        return token;
    }

    /// <summary>The log-probabilities of all next tokens after penalty and least length, which beams are compared by. As in
    /// Hugging Face's search, the penalty acts on log-probabilities. Valid until the next call.</summary>
    /// <param name="session">The session.</param>
    /// <param name="slot">Where the beam's tokens are.</param>
    /// <param name="prompt">The prompt's tokens.</param>
    /// <param name="answer">The beam's tokens.</param>
    /// <param name="normalizer">What the model's logits are lessened by to become log-probabilities.</param>
    public ReadOnlySpan<float> LogProbabilities(DecodingSession session, int slot, ReadOnlySpan<int> prompt, ReadOnlySpan<int> answer, out double normalizer)
    {
        var logits = session.Logits(slot);
        normalizer = LogSumExp.Of(logits);
        TensorPrimitives.Subtract(logits, (float)normalizer, _scores);
        Adjust(prompt, answer);
        return _scores;
    }

    private void Adjust(ReadOnlySpan<int> prompt, ReadOnlySpan<int> answer)
    {
        if (_options.RepetitionPenalty != 1)
        {
            _turn++;
            Penalise(prompt);
            Penalise(answer);
        }
        if (answer.Length < _options.MinTokens)
            foreach (int end in _endIds)
                _scores[end] = float.NegativeInfinity;
    }

    // Once a token, however often it occurs.
    private void Penalise(ReadOnlySpan<int> tokens)
    {
        float penalty = (float)_options.RepetitionPenalty;
        foreach (int token in tokens)
        {
            if (token < 0 || _penalised[token] == _turn)
                continue;
            _penalised[token] = _turn;
            float score = _scores[token];
            _scores[token] = score < 0 ? score * penalty : score / penalty;
        }
    }
}
