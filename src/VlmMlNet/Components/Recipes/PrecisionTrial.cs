using VlmMlNet.Models;
using static TorchSharp.torch;

namespace VlmMlNet.Components.Recipes;

/// <summary>A model that reads a batch of answers of another, token by token, and writes answers of its own: from the place on
/// where its most likely token is another, until which the two are one.</summary>
internal sealed class PrecisionTrial : IDisposable
{
    private readonly VisionLanguageModel _model;
    private readonly PrecisionTally _tally;
    private readonly DecodingSession _session; // a slot per row for what it reads, then one per row for what it writes
    private readonly List<int>[] _written;     // null while a row reads what it would write
    private readonly int[] _agreeing;
    private readonly bool[] _hasDiverged, _hasEnded;
    private readonly int[] _stopIds;
    private readonly int _maxTokens;
    private readonly List<int> _slots = [], _tokens = [];

    /// <param name="model">The model.</param>
    /// <param name="tally">Receives the counts.</param>
    /// <param name="prompts">Token ids of each row.</param>
    /// <param name="visualTokens">[rows, patches, width], of this model's own encoder.</param>
    /// <param name="stopIds">Ids that end an answer.</param>
    /// <param name="options">Limits.</param>
    public PrecisionTrial(VisionLanguageModel model, PrecisionTally tally, int[][] prompts, Tensor visualTokens, int[] stopIds, PrecisionComparisonOptions options)
    {
        (_model, _tally, _stopIds, _maxTokens) = (model, tally, stopIds, options.MaxTokens);
        int rows = prompts.Length;
        _written = [.. Enumerable.Range(0, rows).Select(_ => new List<int>())];
        (_agreeing, _hasDiverged, _hasEnded) = (new int[rows], new bool[rows], new bool[rows]);
        _session = model.Conversation.OpenSession(2 * rows, prompts.Max(p => p.Length) + options.MaxTokens, options.MaxThreads);
        try
        {
            for (int row = 0; row < rows; row++)
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                using var picture = visualTokens.narrow(0, row, 1);
                _session.Append(row, prompts[row], picture);
            }
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    /// <summary>Whether an answer of its own still goes on.</summary>
    public bool IsWriting => _slots.Count > 0;

    /// <summary>Compares its next token with that of the other's answer.</summary>
    /// <param name="row">The row.</param>
    /// <param name="token">The other's next token, or the one that ends its answer.</param>
    /// <param name="isEnd">Whether it ends the answer.</param>
    /// <param name="logits">What the other expected here.</param>
    public void Compare(int row, int token, bool isEnd, ReadOnlySpan<float> logits)
    {
        int own = _session.MostLikely(row);
        _tally.AddPlace(own == token, Divergence.KullbackLeibler(logits, _session.Logits(row)));
        if (_hasDiverged[row])
            return;
        if (own == token)
        {
            _agreeing[row]++;
            if (isEnd)
                _hasEnded[row] = true;
            else
                _written[row].Add(token);
            return;
        }
        _hasDiverged[row] = true;
        _session.Copy(row, Own(row));
    }

    /// <summary>Appends a token to what is read, and the next of their own to the answers that differ.</summary>
    /// <param name="rows">Rows whose answer by the other goes on.</param>
    /// <param name="tokens">Its tokens.</param>
    public void Step(IReadOnlyList<int> rows, IReadOnlyList<int> tokens)
    {
        _slots.Clear();
        _tokens.Clear();
        for (int row = 0; row < _written.Length; row++)
        {
            if (!_hasDiverged[row] || _hasEnded[row])
                continue;
            int next = _session.MostLikely(Own(row));
            if (_stopIds.Contains(next))
            {
                _hasEnded[row] = true;
                continue;
            }
            _written[row].Add(next);
            if (_written[row].Count < _maxTokens)
            {
                _slots.Add(Own(row));
                _tokens.Add(next);
            }
            else
                _hasEnded[row] = true;
        }
        int writing = _slots.Count;
        _slots.AddRange(rows);
        _tokens.AddRange(tokens);
        _session.Step([.. _slots], [.. _tokens]);
        _slots.RemoveRange(writing, rows.Count);
    }

    /// <summary>Hands the answers over.</summary>
    public void Close()
    {
        for (int row = 0; row < _written.Length; row++)
            _tally.AddAnswer(_model.Tokenizer.Decode([.. _written[row]]).Trim(), _agreeing[row], !_hasDiverged[row]);
    }

    public void Dispose() => _session.Dispose();

    private int Own(int row) => _written.Length + row;
}
