using System.Buffers;
using System.Text;
using VlmMlNet.Generation.Sampling;
using VlmMlNet.Text;

namespace VlmMlNet.Generation.Answers;

/// <summary>The text of an answer, as its tokens come: without special tokens and surrounding white space, cut before a stop
/// sequence. Part of it may be taken before it is complete.</summary>
internal sealed class AnswerText(VlmTokenizer tokenizer, StopSequences stops)
{
    private readonly byte[] _held = new byte[4]; // of a character whose last byte has not come
    private readonly int[] _matched = new int[stops.Count];
    private char[] _text = new char[1024];
    private int _length, _taken, _heldCount;
    private bool _isComplete;

    /// <summary>The text so far.</summary>
    public override string ToString() => _text.AsSpan(0, _length).Trim().ToString();

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        (_length, _taken, _heldCount, _isComplete) = (0, 0, 0, false);
        Array.Clear(_matched);
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

    // As Encoding.UTF8 decodes all bytes at once (its decoder for parts allocates where bytes are no UTF-8).
    private bool Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        foreach (byte next in bytes)
        {
            _held[_heldCount++] = next;
            if (Release(flush: false))
                return true;
        }
        return flush && Release(flush: true);
    }

    // A character, or bytes that are none; what comes after such bytes may be one again.
    private bool Release(bool flush)
    {
        Span<char> units = stackalloc char[2];
        while (_heldCount > 0)
        {
            var status = Rune.DecodeFromUtf8(_held.AsSpan(0, _heldCount), out var rune, out int used);
            if (status == OperationStatus.NeedMoreData && !flush)
                return false;
            _heldCount -= used;
            _held.AsSpan(used, _heldCount).CopyTo(_held);
            foreach (char unit in units[..rune.EncodeToUtf16(units)])
                if (Append(unit))
                    return true;
        }
        return false;
    }

    private bool Append(char next)
    {
        if (_length == _text.Length)
            Array.Resize(ref _text, 2 * _length);
        _text[_length++] = next;
        if (stops.Count == 0)
            return false;
        int complete = stops.Append(next, _matched);
        _length -= complete;
        return _isComplete = complete > 0;
    }
}
