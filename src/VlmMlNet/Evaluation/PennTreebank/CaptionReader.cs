namespace VlmMlNet.Evaluation.PennTreebank;

/// <summary>Reads captions token by token, a block of them at a time, so that memory stays small however many there are.</summary>
internal sealed class CaptionReader(IReadOnlyList<string?> captions)
{
    private const int BlockLength = 1 << 16;

    private readonly TreebankLexer _lexer = new();
    private readonly TokenText _text = new();
    private char[] _block = new char[BlockLength];
    private int _length;      // of the block with the captions after it that a rule may look at
    private int _limit;       // of the block
    private int _next;        // the first caption not in the block
    private bool _started;

    /// <summary>The token's characters in lower case; good until the next is read.</summary>
    public ReadOnlySpan<char> Token => _text.Of(_lexer.Rule, _lexer.Raw);

    /// <summary>Reads the caption's next token. False at its end; the call after that reads the next caption's first.</summary>
    public bool ReadToken()
    {
        if (!_started)
        {
            ReadBlock();
            _started = true;
        }
        while (true)
        {
            if (!_lexer.Next(_limit))
            {
                if (_next >= captions.Count)
                    return false;
                ReadBlock();
                continue;
            }
            if (_lexer.Rule != TreebankRule.LineBreak)
                return true;
            if (_lexer.Raw[^1] == '\n')
                return false;
        }
    }

    /// <summary>Whether pycocoevalcap leaves the token out.</summary>
    public static bool IsPunctuation(ReadOnlySpan<char> token) =>
        token is "." or "," or "''" or "``" or "'" or "`" or "?" or "!" or ":" or ";" or "-" or "--" or "...";

    private void ReadBlock()
    {
        _length = 0;
        while (_next < captions.Count && (_length == 0 || _length + (captions[_next]?.Length ?? 0) < BlockLength))
            Append(_next++);
        _limit = _length;

        // What can be looked at beyond: up to the second caption that says something.
        int seen = 0;
        for (int i = _next; i < captions.Count && seen < 2; i++)
        {
            Append(i);
            if (!string.IsNullOrWhiteSpace(captions[i]))
                seen++;
        }
        _block.AsSpan(_length, TreebankLexer.Padding).Fill('\n');
        _lexer.Reset(_block, _length);
    }

    private void Append(int index)
    {
        string caption = captions[index] ?? "";
        int needed = _length + caption.Length + 1 + TreebankLexer.Padding;
        if (needed > _block.Length)
            Array.Resize(ref _block, Math.Max(needed, 2 * _block.Length));
        Span<char> target = _block.AsSpan(_length, caption.Length);
        caption.CopyTo(target);
        target.Replace('\n', ' ');
        _length += caption.Length;
        if (index < captions.Count - 1)
            _block[_length++] = '\n';
    }
}
