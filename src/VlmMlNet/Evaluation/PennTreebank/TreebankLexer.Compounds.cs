namespace VlmMlNet.Evaluation.PennTreebank;

/// <content>Words with hyphens, slashes and ampersands.</content>
internal sealed partial class TreebankLexer
{
    private int _noHyphenBefore;

    private void MatchCompounds()
    {
        int end = CompoundPart(_start);
        while (Is(end, CharacterClass.Joiner))
        {
            int next = CompoundPart(end + 1);
            if (next == end + 1)
                break;
            end = next;
        }
        OfferWithPeriod(end, TreebankRule.Compound);
        if (Is(_start, CharacterClass.AsciiLetter | CharacterClass.AsciiDigit))
        {
            MatchHyphenated();
            MatchSlashed();
        }
    }

    // Letters and digits, before which d', o' or l' can stand where at least two follow it.
    private int CompoundPart(int index)
    {
        if ((_text[index] | 0x20) is 'd' or 'o' or 'l')
        {
            int apostrophe = ApostropheOrLookalike(index + 1);
            if (apostrophe > 0)
            {
                int end = SkipWhile(index + 1 + apostrophe, CharacterClass.Letter | CharacterClass.Digit);
                if (end - (index + 1 + apostrophe) >= 2)
                    return end;
            }
        }
        return SkipWhile(index, CharacterClass.Letter | CharacterClass.Digit);
    }

    private void MatchHyphenated()
    {
        if (_start < _noHyphenBefore)
            return;
        int end = SkipWhile(_start, CharacterClass.HyphenatedHead);
        int next;
        bool found = false;
        while (_text[end] == '-' && (next = HyphenatedPart(end + 1)) > end + 1)
        {
            end = next;
            found = true;
        }
        if (found)
            OfferWithPeriod(end, TreebankRule.HyphenatedWord);
        else
            _noHyphenBefore = end;
    }

    // ASCII letters and digits, or an acronym with its last full stop.
    private int HyphenatedPart(int index)
    {
        int end = index;
        while (Is(end, CharacterClass.AsciiLetter | CharacterClass.AsciiDigit) || _text[end] == '\u00AD')
            end++;
        if (end != index + 1 || !Is(index, CharacterClass.AsciiLetter))
            return end;
        int letters = AcronymLetters(index);
        int dotted = index + 2 * letters - 1;
        if (_text[dotted] != '.')
            dotted -= 2;
        return letters >= 2 && dotted > index + 1 ? dotted + 1 : end;
    }

    private void OfferWithPeriod(int end, TreebankRule rule)
    {
        Offer(end - _start, rule);
        if (_text[end] == '.' && Is(end + 1, CharacterClass.InSentence))
            Offer(end + 2 - _start, end + 1 - _start, rule);
    }

    // One or two slashes between ASCII words, each with at most two hyphens.
    private void MatchSlashed()
    {
        int end = SlashedPart(_start);
        for (int slashes = 0; slashes < 2; slashes++)
        {
            int slash = _text[end] == '\\' ? end + 1 : end;
            if (_text[slash] != '/' || !Is(slash + 1, CharacterClass.AsciiLetter | CharacterClass.AsciiDigit))
                break;
            end = SlashedPart(slash + 1);
            Offer(end - _start, TreebankRule.SlashWord);
        }
    }

    private int SlashedPart(int index)
    {
        int end = SkipWhile(index, CharacterClass.AsciiLetter | CharacterClass.AsciiDigit);
        for (int hyphens = 0; hyphens < 2 && _text[end] == '-' && Is(end + 1, CharacterClass.AsciiLetter); hyphens++)
            end = SkipWhile(end + 1, CharacterClass.AsciiLetter);
        return end;
    }

    // Capitals joined by + or &.
    private void MatchAmpersandWord()
    {
        int end = SkipCapitals(_start);
        int parts = 0;
        for (int next; end > _start && (next = AmpersandPart(end)) > 0; parts++)
            end = next;
        if (parts == 0)
            return;
        Offer(end - _start, TreebankRule.AmpersandWord);
        if (_text[end] == '.' && Is(end + 1, CharacterClass.InSentence))
            Offer(end + 2 - _start, end + 1 - _start, TreebankRule.AmpersandWord);
    }

    // The end of the capitals behind the + or & at the index, or 0.
    private int AmpersandPart(int index)
    {
        if (_text[index] is not ('+' or '&'))
            return 0;
        int entity = Matches(index, "&amp;") ? SkipCapitals(index + 5) : 0;
        if (entity > index + 5)
            return entity;
        int end = SkipCapitals(index + 1);
        return end > index + 1 ? end : 0;
    }

    private int SkipCapitals(int index)
    {
        while (char.IsAsciiLetterUpper(_text[index]))
            index++;
        return index;
    }
}
