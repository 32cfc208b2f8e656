namespace VlmMlNet.Evaluation.PennTreebank;

/// <content>Numbers, dates, fractions and telephone numbers.</content>
/// <remarks>The short forms are matched by sets of positions: bit <c>i</c> says that a part of the pattern can end <c>i</c>
/// characters after the token's begin. No such pattern is 64 characters long.</remarks>
internal sealed partial class TreebankLexer
{
    private void MatchNumbers(char first)
    {
        MatchNumber();
        if (Is(_start, CharacterClass.Digit))
        {
            MatchDate();
            MatchFraction();
        }
        if (first is '(' or '+' || char.IsAsciiDigit(first))
            MatchPhone();
    }

    private void MatchNumber()
    {
        int index = _text[_start] is '-' or '+' ? _start + 1 : _start;
        int end = SkipWhile(index, CharacterClass.Digit);
        while (Is(end, CharacterClass.NumberSeparator) && Is(end + 1, CharacterClass.Digit))
            end = SkipWhile(end + 1, CharacterClass.Digit);
        if (end > index)
            Offer(end - _start, TreebankRule.Number);
    }

    private void MatchDate()
    {
        ulong ends = Some(1, 1, 2, CharacterClass.Digit);
        ends = Some(One(ends, "-/"), 1, 2, CharacterClass.Digit);
        OfferLongest(Some(One(ends, "-/"), 2, 4, CharacterClass.Digit), TreebankRule.Date);
    }

    private void MatchFraction()
    {
        ulong numerators = 1 | One(Some(1, 1, 4, CharacterClass.Digit), "- \u00A0");
        numerators = Some(numerators, 1, 4, CharacterClass.Digit);
        ulong slashes = One(numerators | One(numerators, "\\"), "/") | One(numerators, "\u2044");
        OfferLongest(Some(slashes, 1, 4, CharacterClass.Digit), TreebankRule.Fraction);
    }

    private void MatchPhone()
    {
        const string separators = "- \u00A0";
        ulong plus = 1 | One(1, "+");
        plus |= One(One(1, "+"), "+");

        ulong area = One(Some(One(1, "("), 2, 3, CharacterClass.AsciiDigit), ")");
        area |= One(area, " \u00A0");
        ulong country = plus | One(Some(plus, 2, 4, CharacterClass.AsciiDigit), separators);
        area |= One(Some(country, 2, 4, CharacterClass.AsciiDigit), separators);
        ulong exchange = Some(area, 3, 4, CharacterClass.AsciiDigit);
        exchange |= One(exchange, separators);
        OfferLongest(Some(exchange, 3, 5, CharacterClass.AsciiDigit), TreebankRule.Phone);

        ulong dotted = 1 | One(Some(plus, 2, 4, CharacterClass.AsciiDigit), ".");
        dotted = One(Some(dotted, 2, 4, CharacterClass.AsciiDigit), ".");
        dotted = One(Some(dotted, 3, 4, CharacterClass.AsciiDigit), ".");
        OfferLongest(Some(dotted, 3, 5, CharacterClass.AsciiDigit), TreebankRule.Phone);
    }

    private void MatchRaisedNumber()
    {
        int index = _text[_start] is '\u207A' or '\u207B' or '\u208A' or '\u208B' ? _start + 1 : _start;
        int end = index;
        while (_text[end] is '\u2070' or '\u00B9' or '\u00B2' or '\u00B3' or (>= '\u2074' and <= '\u2079'))
            end++;
        if (end == index)
        {
            while (_text[end] is >= '\u2080' and <= '\u2089')
                end++;
        }
        if (end > index)
            Offer(end - _start, TreebankRule.RaisedNumber);
    }

    // Where minimum to maximum characters of a class can end that begin at any of the positions.
    private ulong Some(ulong positions, int minimum, int maximum, CharacterClass classes)
    {
        ulong ends = 0;
        for (int count = 1; count <= maximum && positions != 0; count++)
        {
            ulong next = 0;
            for (ulong rest = positions; rest != 0; rest &= rest - 1)
            {
                int offset = System.Numerics.BitOperations.TrailingZeroCount(rest);
                if (Is(_start + offset, classes))
                    next |= 1UL << (offset + 1);
            }
            positions = next;
            if (count >= minimum)
                ends |= positions;
        }
        return ends;
    }

    // Where one of the characters can end that stands at any of the positions.
    private ulong One(ulong positions, string characters)
    {
        ulong ends = 0;
        for (ulong rest = positions; rest != 0; rest &= rest - 1)
        {
            int offset = System.Numerics.BitOperations.TrailingZeroCount(rest);
            if (characters.Contains(_text[_start + offset]))
                ends |= 1UL << (offset + 1);
        }
        return ends;
    }

    private void OfferLongest(ulong ends, TreebankRule rule)
    {
        if (ends != 0)
            Offer(System.Numerics.BitOperations.Log2(ends), rule);
    }
}
