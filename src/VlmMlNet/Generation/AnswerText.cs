using System.Text;
using VlmMlNet.Text;

namespace VlmMlNet.Generation;

/// <summary>The text of an answer, as its tokens come: without special tokens and surrounding white space, cut before a stop
/// sequence. Part of it may be taken before it is complete.</summary>
internal sealed class AnswerText(VlmTokenizer tokenizer, StopSequences stops)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly int[] _matched = new int[stops.Count];
    private char[] _text = new char[256];
    private int _length, _taken;
    private bool _isComplete;

    /// <summary>The text so far.</summary>
    public override string ToString() => _text.AsSpan(0, _length).Trim().ToString();

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        (_length, _taken, _isComplete) = (0, 0, false);
        Array.Clear(_matched);
        _decoder.Reset();
    }

    /// <summary>Takes the next token.</summary>
    /// <returns>Whether a stop sequence is complete: the text is too then.</returns>
    public bool Append(int token) => Decode(tokenizer.Bytes(token, skipSpecialTokens: true), flush: false);

    /// <summary>Ends the text: what might have become more counts as it is.</summary>
    public void Complete()
    {
        if (!_isComplete)
            Decode([], flush: true);
        _isComplete = true;
    }

    /// <summary>What is certain to be part of the text and was not taken yet; all such parts together are the text.</summary>
    public string Take()
    {
        int end = _isComplete ? _length : _length - (stops.Count == 0 ? 0 : _matched.Max());
        while (end > _taken && char.IsWhiteSpace(_text[end - 1]))
            end--;
        if (_taken == 0)
            while (_taken < end && char.IsWhiteSpace(_text[_taken]))
                _taken++;
        if (end <= _taken)
            return "";
        string part = new(_text, _taken, end - _taken);
        _taken = end;
        return part;
    }

    private bool Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        int needed = _length + bytes.Length + 2; // held-back bytes become at most two replacement characters
        if (needed > _text.Length)
            Array.Resize(ref _text, Math.Max(2 * _text.Length, needed));
        int end = _length + _decoder.GetChars(bytes, _text.AsSpan(_length), flush);
        if (stops.Count == 0)
        {
            _length = end;
            return false;
        }
        while (_length < end)
        {
            int complete = stops.Append(_text[_length++], _matched);
            if (complete == 0)
                continue;
            _length -= complete;
            return _isComplete = true;
        }
        return false;
    }
}
