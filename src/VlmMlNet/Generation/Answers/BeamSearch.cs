using VlmMlNet.Generation.Sampling;
using VlmMlNet.Models;

namespace VlmMlNet.Generation.Answers;

/// <summary>The most likely answers found by following several beginnings at once, as Hugging Face's beam search does.</summary>
/// <remarks>
/// Of all continuations of all beams the best are looked at in turn: one that ends the answer is complete, if it is among the best
/// <see cref="GenerationOptions.NumBeams"/>; the others become the next beams until there are enough. A complete answer's score is its sum of
/// log-probabilities, the end's included, divided by its number of tokens to the power of the length penalty.
/// </remarks>
internal sealed class BeamSearch : AnswerDecoding
{
    private readonly GenerationOptions _options;
    private readonly TokenChooser _chooser;
    private readonly AnswerText _text;
    private readonly int[] _prompt, _slots;
    private readonly bool _hasStops;
    private readonly List<BeamCandidate> _candidates = [], _chosen = [];
    private readonly List<(double Score, Beam Beam, FinishReason Reason)> _complete = []; // the best first
    private readonly float[] _heap;
    private readonly int[] _places;
    private readonly bool[] _slotTaken;
    private Beam[] _beams, _next;
    private int _count = 1;

    /// <param name="options">With several beams.</param>
    /// <param name="chooser">Gives the log-probabilities.</param>
    /// <param name="text">Empty; to find stop sequences.</param>
    /// <param name="prompt">The prompt's tokens.</param>
    /// <param name="slots">One for each beam; the first holds the prompt.</param>
    /// <param name="places">[VocabSize], which several searches may use in turn.</param>
    public BeamSearch(GenerationOptions options, TokenChooser chooser, AnswerText text, int[] prompt, int[] slots, int[] places)
    {
        (_options, _chooser, _text, _prompt, _slots, _places) = (options, chooser, text, prompt, slots, places);
        _hasStops = options.StopSequences.Count > 0;
        // Enough that, ends left out, a continuation is there for each beam.
        _heap = new float[Math.Min(places.Length, Math.Max(2, 1 + chooser.EndCount) * options.NumBeams)];
        _slotTaken = new bool[slots.Length];
        (_beams, _next) = (CreateBeams(), CreateBeams());
        _beams[0].Slot = slots[0];
    }

    public override ReadOnlySpan<int> Slots => _slots;

    public override bool Choose(DecodingSession session)
    {
        FindCandidates(session);
        int length = _beams[0].Count + 1, rank = 0;
        _chosen.Clear();
        foreach (var candidate in _candidates)
        {
            if (Ends(candidate))
            {
                if (rank < _options.NumBeams)
                    Complete(_beams[candidate.Parent], candidate, FinishReason.Stop);
            }
            else
            {
                _chosen.Add(candidate);
            }
            rank++;
            if (_chosen.Count == _options.NumBeams)
                break;
        }
        bool isDone = _chosen.Count == 0 || IsDone(length);
        if (!isDone && length < _options.MaxTokens)
        {
            Continue(session);
            return true;
        }
        if (!isDone)
            foreach (var candidate in _chosen)
                Complete(_beams[candidate.Parent], candidate, FinishReason.Length);
        Answers = [.. _complete.Take(_options.NumAnswers).Select(Describe)];
        return false;
    }

    public override int Pending(Span<int> slots, Span<int> tokens)
    {
        for (int i = 0; i < _count; i++)
            (slots[i], tokens[i]) = (_beams[i].Slot, _beams[i].Tokens[^1]);
        return _count;
    }

    private void FindCandidates(DecodingSession session)
    {
        _candidates.Clear();
        for (int parent = 0; parent < _count; parent++)
        {
            var beam = _beams[parent];
            var scores = _chooser.LogProbabilities(session, beam.Slot, _prompt, beam.Tokens, out double normalizer);
            var logits = session.Logits(beam.Slot);
            float least = LargestValues.Kth(scores, _heap);
            if (float.IsNaN(least))
                throw new InvalidOperationException("The model's logits are no numbers: its weights are damaged, or a training diverged.");
            int found = LargestValues.AtLeast(scores, least, _places);
            foreach (int token in _places.AsSpan(0, found))
                if (scores[token] > float.NegativeInfinity)
                    _candidates.Add(new BeamCandidate(parent, token, beam.Sum + scores[token], (float)(logits[token] - normalizer)));
        }
        _candidates.Sort();
    }

    private bool Ends(in BeamCandidate candidate)
    {
        if (_chooser.Ends(candidate.Token))
            return true;
        if (!_hasStops)
            return false;
        Read(_beams[candidate.Parent].Tokens);
        return _text.Append(candidate.Token);
    }

    // Keeps the best of the complete answers, of equal ones the first.
    private void Complete(Beam parent, in BeamCandidate candidate, FinishReason reason)
    {
        double score = candidate.Sum / Math.Pow(parent.Count + 1, _options.LengthPenalty);
        int place = _complete.FindIndex(c => c.Score < score);
        place = place < 0 ? _complete.Count : place;
        if (place >= _options.NumBeams)
            return;
        var beam = new Beam();
        beam.Continue(parent, candidate);
        _complete.Insert(place, (score, beam, reason));
        if (_complete.Count > _options.NumBeams)
            _complete.RemoveAt(_options.NumBeams);
    }

    private bool IsDone(int length)
    {
        if (_complete.Count < _options.NumBeams)
            return false;
        return _options.EarlyStopping || _complete[^1].Score >= _candidates[0].Sum / Math.Pow(length, _options.LengthPenalty);
    }

    // A beam's first continuation goes on in its slot, others in copies of it.
    private void Continue(DecodingSession session)
    {
        Array.Clear(_slotTaken);
        for (int i = 0; i < _chosen.Count; i++)
        {
            var parent = _beams[_chosen[i].Parent];
            _next[i].Continue(parent, _chosen[i]);
            int place = Array.IndexOf(_slots, parent.Slot);
            _next[i].Slot = _slotTaken[place] ? -1 : parent.Slot;
            _slotTaken[place] = true;
        }
        for (int i = 0; i < _chosen.Count; i++)
        {
            if (_next[i].Slot >= 0)
                continue;
            int place = Array.IndexOf(_slotTaken, false);
            _slotTaken[place] = true;
            session.Copy(_beams[_chosen[i].Parent].Slot, _slots[place]);
            _next[i].Slot = _slots[place];
        }
        (_beams, _next, _count) = (_next, _beams, _chosen.Count);
    }

    private void Read(ReadOnlySpan<int> tokens)
    {
        _text.Clear();
        foreach (int token in tokens)
            _text.Append(token);
    }

    private GeneratedAnswer Describe((double Score, Beam Beam, FinishReason Reason) complete)
    {
        Read(complete.Beam.Tokens);
        _text.Complete();
        return new GeneratedAnswer
        {
            Text = _text.ToString(),
            TokenIds = complete.Beam.Tokens.ToArray(),
            FinishReason = complete.Reason,
            TokenLogProbabilities = _options.LogProbabilities ? complete.Beam.LogProbabilities.ToArray() : null,
            Score = complete.Score,
        };
    }

    private Beam[] CreateBeams() => [.. _slots.Select(_ => new Beam())];
}
