namespace VlmMlNet.Evaluation.PennTreebank;

/// <content>Words and contractions.</content>
internal sealed partial class TreebankLexer
{
    private static readonly string[] s_assimilations = ["gonna", "gotta", "lemme", "gimme", "wanna"];

    private void MatchWords(char first)
    {
        int end = WordEnd(_start);
        if (end == 0)
            return;

        Offer(end - _start, TreebankRule.Word);
        int clitic = Clitic(end);
        if (clitic > 0)
            Offer(end + clitic - _start, end - _start, TreebankRule.WordBeforeClitic);
        if (_text[end] == '.' && Is(end + 1, CharacterClass.InSentence))
            Offer(end + 2 - _start, end + 1 - _start, TreebankRule.WordWithPeriod);
        if ((first is '\u00AD') || Is(_start, CharacterClass.AsciiLetter))
            MatchNegation();
        if (Is(_start, CharacterClass.Letter))
            MatchWordsWithApostrophe(first);
    }

    // Letters and digits, a letter first; one of . ! ? can stand between, where a letter follows it.
    private int WordEnd(int index)
    {
        int end = 0;
        int letter;
        while ((letter = WordLetter(index)) > 0)
        {
            index = SkipWordCharacters(index + letter);
            end = index;
            if (_text[index] is not ('.' or '!' or '?'))
                break;
            index++;
        }
        return end;
    }

    private int SkipWordCharacters(int index)
    {
        while (true)
        {
            index = SkipWhile(index, CharacterClass.WordLetter | CharacterClass.Digit);
            if (_text[index] != '&')
                return index;
            int letter = WordLetter(index);
            if (letter == 0)
                return index;
            index += letter;
        }
    }

    // The length of a letter at the index, which can be the entity of an accented vowel; 0 where there is none.
    private int WordLetter(int index)
    {
        if (Is(index, CharacterClass.WordLetter))
            return 1;
        if (_text[index] != '&' || _text[index + 1] is not ('a' or 'e' or 'i' or 'o' or 'u' or 'A' or 'E' or 'I' or 'O' or 'U'))
            return 0;
        return Matches(index + 2, "acute;") ? 8 : Matches(index + 2, "grave;") ? 8 : Matches(index + 2, "uml;") ? 6 : 0;
    }

    // 's, 'm, 'd, 're, 've, 'll: the length with the apostrophe, or 0.
    private int Clitic(int index)
    {
        int apostrophe = Apostrophe(index);
        if (apostrophe == 0)
            return 0;
        int letters = index + apostrophe;
        return (_text[letters] | 0x20) is 's' or 'm' or 'd' ? apostrophe + 1
            : Matches(letters, "re") || Matches(letters, "ve") || Matches(letters, "ll") ? apostrophe + 2 : 0;
    }

    // Of letters that end in n before an apostrophe and t, the verb is what precedes the n; it does not end in n itself.
    private void MatchNegation()
    {
        int end = _start;
        while (Is(end, CharacterClass.AsciiLetter) || _text[end] == '\u00AD')
            end++;
        int apostrophe = ApostropheOrLookalike(end);
        if (apostrophe == 0 || (_text[end + apostrophe] | 0x20) != 't' || (_text[end - 1] | 0x20) != 'n')
            return;
        int last = end - 2;
        while (last >= _start && _text[last] == '\u00AD')
            last--;
        if (last >= _start && (_text[last] | 0x20) != 'n')
            Offer(end + apostrophe + 1 - _start, end - 1 - _start, TreebankRule.WordBeforeNegation);
    }

    private void MatchWordsWithApostrophe(char first)
    {
        int letters = SkipWhile(_start, CharacterClass.Letter);
        int apostrophe = ApostropheOrLookalike(letters);
        if (apostrophe == 0)
            return;
        int length = letters - _start;
        int after = letters + apostrophe;
        bool real = Apostrophe(letters) > 0;
        if (length == 1)
        {
            if (real && first is 'l' or 'L' or 'd' or 'D' or 'j' or 'J')
                Offer(after - _start, TreebankRule.ApostropheWord);
            if (real && first is 'y' or 'Y' && Is(after, CharacterClass.Letter))
                Offer(after + 1 - _start, after - _start, TreebankRule.ApostropheWord);
            if (first is (>= 'A' and <= 'H') or (>= 'J' and <= 'X') or 'Z' or 'n')
            {
                int end = SkipWhile(after, CharacterClass.Letter);
                if (end - after >= 2)
                    Offer(end - _start, TreebankRule.ApostropheWord);
            }
            if (first is 'o' or 'O' && (_text[after] | 0x20) == 'o')
                Offer(after + 1 - _start, TreebankRule.ApostropheWord);
        }
        else
        {
            if (IsVowel(_text[letters - 1]) && _text[after] is 'a' or 'e' or 'i' or 'o' or 'u' or (>= 'A' and <= 'Z'))
                Offer(SkipWhile(after, CharacterClass.Letter) - _start, TreebankRule.ApostropheWord);
            if (real && (IsRun("dunkin", length) || IsRun("somethin", length) || IsRun("ol", length)))
                Offer(after - _start, TreebankRule.ApostropheWord);
        }
        if (_text[letters] == '\'')
            MatchListedApostropheWord(first);
        MatchNegationAlone();
    }

    private bool IsRun(string word, int length) => length == word.Length && Matches(_start, word);

    private static bool IsVowel(char c) => (c | 0x20) is 'a' or 'e' or 'i' or 'o' or 'u' or 'y' && char.IsAscii(c);

    private void MatchListedApostropheWord(char first)
    {
        string? word = (first | 0x20) switch
        {
            'c' when Matches(_start, "cont'd") => "cont'd",
            'c' => "c'mon",
            'e' when Matches(_start, "e'er") => "e'er",
            'e' => "ev'ry",
            'l' => "li'l",
            'n' when Matches(_start, "nat'l") => "nat'l",
            'n' => "nor'easter",
            's' => "s'mores",
            _ => null,
        };
        if (word is null || !Matches(_start, word))
            return;
        Offer(word.Length, TreebankRule.ApostropheWord);
        if (word == "cont'd" && _text[_start + word.Length] == '.')
            Offer(word.Length + 1, TreebankRule.ApostropheWord);
    }

    // n't where the verb was cut off before it.
    private void MatchNegationAlone()
    {
        if ((_text[_start] | 0x20) != 'n')
            return;
        int apostrophe = ApostropheOrLookalike(_start + 1);
        if (apostrophe > 0 && (_text[_start + 1 + apostrophe] | 0x20) == 't')
            OfferClitic(apostrophe + 2);
    }

    // Before anything but an ASCII letter such a token reaches one character farther than otherwise.
    private void OfferClitic(int length)
    {
        int after = _start + length;
        if (after < _end && !Is(after, CharacterClass.AsciiLetter))
            Offer(length + 1, length, TreebankRule.Clitic);
        Offer(length, TreebankRule.TrailingClitic);
    }

    private void MatchAsciiWords(char first)
    {
        int end = SkipWhile(_start, CharacterClass.AsciiLetter);
        int length = end - _start;
        if (length is 5 or 6)
            OfferAssimilation(length);
        if (_text[end] == '$' && !_text.AsSpan(_start, length).ContainsAnyExceptInRange('A', 'Z'))
            Offer(length + 1, TreebankRule.Dollar);
        if (_text[end] is '.' or '-')
            MatchAbbreviations(end);
        if (_text[end] is '+' or '&')
            MatchAmpersandWord();
        if (length == 1 && _text[end] is '+' or '#')
            MatchProgrammingLanguage(first);
        if ((first | 0x20) is 'p' or 'a' or 's' or 'c')
            MatchTreebankWord();
        if (Matches(_start, "http"))
            MatchUrl();
        if (Matches(_start, "www."))
            MatchWww();
    }

    private void OfferAssimilation(int length)
    {
        int kept = AssimilationHead(length);
        if (kept > 0)
            Offer(length, kept, TreebankRule.Assimilation);
    }

    private void SplitAssimilation()
    {
        int kept = AssimilationHead(_length);
        if (kept > 0)
            (_length, _rule) = (kept, TreebankRule.Assimilation);
    }

    // Of two words written as one, the length of the first.
    private int AssimilationHead(int length)
    {
        if (length == 6)
            return Matches(_start, "cannot") ? 3 : 0;
        if ((_text[_start] | 0x20) is not ('g' or 'l' or 'w'))
            return 0;
        foreach (string word in s_assimilations)
        {
            if (Matches(_start, word))
                return 3;
        }
        return 0;
    }

    private void MatchProgrammingLanguage(char first)
    {
        if (first is 'c' or 'C' && _text[_start + 1] == '+' && _text[_start + 2] == '+')
            Offer(3, TreebankRule.ProgrammingLanguage);
        if (first is 'c' or 'C' or 'f' or 'F' && _text[_start + 1] == '#')
            Offer(2, TreebankRule.ProgrammingLanguage);
    }

    private void MatchTreebankWord()
    {
        foreach (string word in (ReadOnlySpan<string>)["pro-", "anti-", "c.d.s", "s&p-500", "s&amp;p-500", "s&ls", "s&amp;ls"])
        {
            if (Matches(_start, word))
                Offer(word.Length, TreebankRule.TreebankWord);
        }
        int apostrophe;
        if (Matches(_start, "cap") && (apostrophe = Apostrophe(_start + 3)) > 0 && (_text[_start + 3 + apostrophe] | 0x20) == 'n')
            Offer(4 + apostrophe, TreebankRule.TreebankWord);
        if ((_text[_start] | 0x20) == 'c' && (apostrophe = Apostrophe(_start + 1)) > 0 && Matches(_start + 1 + apostrophe, "est"))
            Offer(4 + apostrophe, TreebankRule.TreebankWord);
    }
}
