using System.Collections.Frozen;

namespace VlmMlNet.Evaluation.PennTreebank;

/// <content>Abbreviations and acronyms, and whether the full stop after one also ends the sentence.</content>
internal sealed partial class TreebankLexer
{
    // Words that, with a capital, begin a sentence when an acronym stands before them.
    private static readonly FrozenSet<string> s_sentenceOpeners = (
        "about according additionally after an a as at but earlier he her here however if in it last many more mr. ms. now "
        + "once one other our she since so some such that the their then there these they this we when while what yet you")
        .Split(' ').ToFrozenSet();

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_openers =
        s_sentenceOpeners.GetAlternateLookup<ReadOnlySpan<char>>();

    // The word's letters end before the full stop or hyphen at the index.
    private void MatchAbbreviations(int end)
    {
        if (end == _start + 1 && _text[end] == '.')
            MatchAcronym(end);
        MatchAcronymWithHyphen();
        if (_text[end] != '.')
            return;

        ReadOnlySpan<char> word = _text.AsSpan(_start, end - _start);
        AbbreviationKind kinds = Abbreviations.Of(word);
        if ((kinds & AbbreviationKind.BeforeLowerCase) != 0)
            OfferAbbreviation(end + 1);
        if ((kinds & AbbreviationKind.BeforeName) != 0)
            Offer(end + 1 - _start, TreebankRule.TitleOrAcronym);
        if ((kinds & AbbreviationKind.BeforeNumber) != 0)
        {
            int number = end + 1 + WhiteSpace(end + 1);
            if (Is(number, CharacterClass.Digit))
                Offer(number + 1 - _start, end + 1 - _start, TreebankRule.AbbreviationBeforeNumber);
        }
        if (Matches(_start, "ed.d.") || Matches(_start, "ph.d."))
            OfferAbbreviation(_start + 5);
        if (Matches(_start, "pte.") || Matches(_start, "pty.") || Matches(_start, "co."))
        {
            if (Is(end + 1, CharacterClass.Space) && (Matches(end + 2, "ltd") || Matches(end + 2, "lim")))
                Offer(end + 5 - _start, end + 1 - _start, TreebankRule.AbbreviationInSentence);
        }
    }

    // The abbreviation's own full stop is the character before the index.
    private void OfferAbbreviation(int after)
    {
        int length = after - _start;
        int space = WhiteSpace(after);
        if (space > 0)
        {
            int next = after + space;
            int second = WhiteSpace(next);
            int opener = second > 0 ? second : next < _end && Is(next, CharacterClass.Upper) ? 1 : 0;
            int tag = next < _end && _text[next] == '<' ? TagEnd(next) - next : 0;
            if (opener > 0 || tag > 0)
                Offer(length + space + Math.Max(opener, tag), length, TreebankRule.AbbreviationAtSentenceEnd);
        }
        if (after + 2 <= _end)
            Offer(length + 2, length, TreebankRule.AbbreviationBeforeText);
        else
            Offer(length, TreebankRule.AbbreviationAtTextEnd);
    }

    private void MatchAcronym(int firstDot)
    {
        int letters = AcronymLetters(firstDot - 1);
        int end = _start + 2 * letters - 1;
        if (WhiteSpace(end) > 0)
            Offer(end + WhiteSpace(end) - _start, end - _start, TreebankRule.AcronymBeforeSpace);
        OfferAcronym(_text[end] == '.' ? end : end - 2);
    }

    // Letters that full stops separate, from the index on.
    private int AcronymLetters(int index)
    {
        int letters = 1;
        while (_text[index + 1] == '.' && Is(index + 2, CharacterClass.AsciiLetter))
        {
            index += 2;
            letters++;
        }
        return letters;
    }

    private void MatchAcronymWithHyphen()
    {
        string? word = (_text[_start] | 0x20) switch
        {
            'c' => "canada-u.s",
            's' => "sino-u.s",
            'k' => "korean-u.s",
            'e' => "eu-u.s",
            'j' => "japan-u.s",
            'n' => "non-u.s",
            'u' when Matches(_start, "u.s.-u.s.s.r") => "u.s.-u.s.s.r",
            'u' => "u.s.-u.k",
            _ => null,
        };
        if (word is null || !Matches(_start, word))
            return;
        int end = _start + word.Length;
        if (_text[end] == '.')
            OfferAcronym(end);
        else if (WhiteSpace(end) > 0)
            Offer(end + WhiteSpace(end) - _start, end - _start, TreebankRule.AcronymBeforeSpace);
    }

    private void OfferAcronym(int dot)
    {
        int length = dot + 1 - _start;
        Offer(length, TreebankRule.TitleOrAcronym);

        int next = dot + 1;
        for (int space; (space = WhiteSpace(next)) > 0;)
            next += space;
        if (next == dot + 1 || next >= _end)
            return;
        int end = _text[next] == '<' ? TagEnd(next) : SentenceOpenerEnd(next);
        if (end > 0 && WhiteSpace(end) > 0)
            Offer(end + WhiteSpace(end) - _start, length, TreebankRule.AcronymAtSentenceEnd);
    }

    // The end of a word that opens a sentence, or 0.
    private int SentenceOpenerEnd(int index)
    {
        const int longest = 12;
        if (!char.IsAsciiLetterUpper(_text[index]))
            return 0;
        int end = SkipWhile(index, CharacterClass.AsciiLetter);
        if (end - index > longest)
            return 0;
        if (_text[end] == '.')
            end++;
        Span<char> lower = stackalloc char[longest + 1];
        for (int i = index; i < end; i++)
            lower[i - index] = (char)(_text[i] | 0x20);
        return s_openers.Contains(lower[..(end - index)]) ? end : 0;
    }
}
