namespace VlmMlNet.Evaluation.PennTreebank;

/// <summary>Cuts English text into tokens as the Stanford PTBTokenizer 3.4.1 does with its default options.</summary>
/// <remarks>
/// <para>At each position every rule that can begin there says how far it reaches, the text that it only looks at included;
/// the farthest wins, and of equals the one that comes first in <see cref="TreebankRule"/>. A rule that scans ahead and
/// finds nothing remembers up to where (<c>_no...Before</c>), so that the whole is linear in the text's length.</para>
/// <para>The text ends in line feeds that are not part of it: no rule reads past one, so that scans need no other bound.</para>
/// </remarks>
internal sealed partial class TreebankLexer
{
    /// <summary>Line feeds needed behind the text.</summary>
    public const int Padding = 4;

    private readonly CharacterClass[] _classes = CharacterClasses.Table;
    private char[] _text = [];
    private int _end;       // of the text that can be looked at
    private int _position;  // where the next token begins
    private int _start;     // the token's begin
    private int _length;    // the token's length
    private int _reach;     // how far the best rule reaches from _start
    private TreebankRule _rule;

    /// <summary>The rule that made the token.</summary>
    public TreebankRule Rule => _rule;

    /// <summary>Where the token begins in the text.</summary>
    public int Start => _start;

    /// <summary>The token's characters in the text.</summary>
    public ReadOnlySpan<char> Raw => _text.AsSpan(_start, _length);

    /// <summary>Begins a new text.</summary>
    /// <param name="text">The text from index 0 on, with at least <see cref="Padding"/> line feeds behind it.</param>
    /// <param name="length">The text's length without them.</param>
    public void Reset(char[] text, int length)
    {
        _text = text;
        _end = length;
        _position = 0;
        _noEmailBefore = _noHostBefore = _noWwwBefore = _noFileNameBefore = _noTagBefore = _noHyphenBefore = 0;
    }

    /// <summary>Reads the next token or line break that begins before <paramref name="limit"/>; false where there is none.</summary>
    public bool Next(int limit)
    {
        while (_position < limit)
        {
            char first = _text[_position];
            if (first == ' ' && !Is(_position + 1, CharacterClass.Space))
            {
                _position++;
                continue;
            }
            _start = _position;
            if (!TakePlainWord())
            {
                _length = _reach = 0;
                Match(first);
            }
            _position = _start + _length;
            if (_rule is TreebankRule.AbbreviationAtSentenceEnd or TreebankRule.AbbreviationAtTextEnd or TreebankRule.AcronymAtSentenceEnd)
                ReturnPeriod();
            if (_rule < TreebankRule.Skipped || _rule == TreebankRule.LineBreak)
                return true;
        }
        return false;
    }

    // Nothing but the word itself can match ASCII letters before a space, or before a comma and a space.
    private bool TakePlainWord()
    {
        int end = _start;
        while (Is(end, CharacterClass.AsciiLetter))
            end++;
        if (end == _start || !(_text[end] == ' ' || (_text[end] == ',' && _text[end + 1] == ' ')))
            return false;
        _length = end - _start;
        _rule = TreebankRule.Word;
        if (_length is 5 or 6)
            SplitAssimilation();
        return true;
    }

    // The full stop after the abbreviation is read once more, as the sentence's. A single letter in this place is no
    // abbreviation at all and leaves the full stop to the sentence.
    private void ReturnPeriod()
    {
        _position--;
        if (_rule == TreebankRule.AcronymAtSentenceEnd && _length == 2)
            _length = 1;
    }

    private void Match(char first)
    {
        CharacterClass classes = _classes[first];
        if ((classes & CharacterClass.WordLetter) != 0 || first == '&')
            MatchWords(first);
        if ((classes & CharacterClass.AsciiLetter) != 0)
            MatchAsciiWords(first);
        if ((classes & (CharacterClass.Letter | CharacterClass.Digit)) != 0)
            MatchCompounds();
        if ((classes & (CharacterClass.WordLetter | CharacterClass.Digit)) != 0 || first == '&')
            MatchFileName();
        if ((classes & (CharacterClass.Digit | CharacterClass.NumberSeparator)) != 0 || first is '-' or '+' or '(')
            MatchNumbers(first);
        if ((classes & CharacterClass.HostLabel) != 0)
            MatchHost();
        if ((classes & (CharacterClass.AsciiLetter | CharacterClass.AsciiDigit)) != 0 || first is '<' or '&')
            MatchEmail(first);
        if (first is '\'' or '&' or '\u0092' or '\u2019')
            MatchApostrophes(first);
        if (first == '&')
            MatchEntities();
        MatchSymbols(first, classes);
        if (_reach == 0)
            Offer(1, TreebankRule.Unknown);
    }

    private void Offer(int length, TreebankRule rule) => Offer(length, length, rule);

    private void Offer(int reach, int length, TreebankRule rule)
    {
        if (reach < _reach || (reach == _reach && rule >= _rule))
            return;
        _reach = reach;
        _length = length;
        _rule = rule;
    }

    private bool Is(int index, CharacterClass classes) => (_classes[_text[index]] & classes) != 0;

    private int SkipWhile(int index, CharacterClass classes)
    {
        while (Is(index, classes))
            index++;
        return index;
    }

    // Letters of the pattern, given in lower case, match in either case; all else exactly.
    private bool Matches(int index, string pattern)
    {
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = _text[index + i];
            if (c != pattern[i] && !(char.IsAsciiLetterUpper(c) && (c | 0x20) == pattern[i]))
                return false;
        }
        return true;
    }

    // The length of an apostrophe, which may be an entity, at the index; 0 where there is none.
    private int Apostrophe(int index) => _text[index] switch
    {
        '\'' or '\u0092' or '\u2019' => 1,
        '&' when Matches(index, "&apos;") => 6,
        _ => 0,
    };

    // As Apostrophe, with the characters that writers mistake for one.
    private int ApostropheOrLookalike(int index) =>
        _text[index] is '`' or '\u0091' or '\u2018' or '\u201B' ? 1 : Apostrophe(index);

    // The length of a white-space unit, of which a line's end of two characters is one.
    private int WhiteSpace(int index) => index >= _end ? 0
        : _text[index] == '\r' && _text[index + 1] == '\n' && index + 1 < _end ? 2
        : Is(index, CharacterClass.Space | CharacterClass.NewLine) ? 1 : 0;
}
