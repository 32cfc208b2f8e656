namespace VlmMlNet.Evaluation.PennTreebank;

/// <content>Punctuation, quotation marks, entities, smileys and white space.</content>
internal sealed partial class TreebankLexer
{
    private void MatchSymbols(char first, CharacterClass classes)
    {
        if ((classes & CharacterClass.Symbol) != 0)
            Offer(1, TreebankRule.Symbol);
        if ((classes & CharacterClass.Currency) != 0)
            Offer(1, TreebankRule.Currency);
        if ((classes & CharacterClass.QuoteMark) != 0)
            Offer(Is(_start + 1, CharacterClass.QuoteMark) ? 2 : 1, TreebankRule.Quote);
        if ((classes & (CharacterClass.Stop | CharacterClass.InSentence)) != 0)
            Offer(1, TreebankRule.Punctuation);
        if ((classes & CharacterClass.Space) != 0)
            Offer(SkipWhile(_start, CharacterClass.Space) - _start, TreebankRule.Skipped);
        if ((classes & CharacterClass.Ignored) != 0)
            Offer(1, TreebankRule.Skipped);
        if ((classes & CharacterClass.NewLine) != 0)
            Offer(Math.Max(1, WhiteSpace(_start)), TreebankRule.LineBreak);
        if (first is >= '\u00B2' and <= '\u2089')
            MatchRaisedNumber();

        switch (first)
        {
            case '\u0085' or '\u2026':
                Offer(1, TreebankRule.Ellipsis);
                break;
            case '\u0096' or '\u0097' or (>= '\u2013' and <= '\u2015'):
                Offer(1, TreebankRule.LongDash);
                break;
            case (>= '\u00BC' and <= '\u00BE') or (>= '\u2153' and <= '\u215E'):
                Offer(1, TreebankRule.FractionSign);
                break;
            case '(' or ')' or '[' or ']' or '{' or '}':
                Offer(1, TreebankRule.Bracket);
                break;
            case '-':
                MatchHyphens();
                break;
            case '.':
                MatchEllipsis();
                break;
            case '?' or '!':
                Offer(RunOf('?', '!'), TreebankRule.Punctuation);
                break;
            case '=' or '/':
                Offer(1, TreebankRule.Punctuation);
                break;
            case '*' or '_' or '@' or '#':
                Offer(RunOf(first, first), TreebankRule.Punctuation);
                break;
            case '\\':
                MatchEscapedAsterisks();
                break;
            case '$':
                Offer(1, TreebankRule.Dollar);
                break;
            case '"':
                OfferDoubleQuote(1);
                break;
            case '<':
                Offer(1, TreebankRule.LessThan);
                MatchTag();
                break;
            case '>':
                Offer(1, TreebankRule.GreaterThan);
                break;
        }
        if (first is '@' or '#')
            MatchHandle(first);
        if (first is '<' or '>' && _text[_start + 1] == first)
            Offer(2, TreebankRule.DuckFeet);
        if (first is '<' or '>' or ':' or ';' or '=')
            MatchSmiley();
        if (first is '(' or '-' or '\'' || IsFace(first))
            MatchAsianSmiley(first);
    }

    private int RunOf(char one, char other)
    {
        int end = _start;
        while (_text[end] == one || _text[end] == other)
            end++;
        return end - _start;
    }

    private void MatchHyphens()
    {
        Offer(RunOf('-', '-'), TreebankRule.Hyphens);
        foreach (string bracket in (ReadOnlySpan<string>)["-lrb-", "-rrb-", "-lcb-", "-rcb-", "-lsb-", "-rsb-"])
        {
            if (Matches(_start, bracket))
                Offer(bracket.Length, TreebankRule.TreebankWord);
        }
    }

    // Three to five full stops, or as many with a space after each but the last.
    private void MatchEllipsis()
    {
        int stops = RunOf('.', '.');
        if (stops >= 3)
            Offer(Math.Min(stops, 5), TreebankRule.Ellipsis);
        int index = _start;
        for (int count = 1; count <= 4 && _text[index + 1] is ' ' or '\u00A0' && _text[index + 2] == '.'; count++)
        {
            index += 2;
            if (count >= 2)
                Offer(index + 1 - _start, TreebankRule.Ellipsis);
        }
    }

    private void MatchEscapedAsterisks()
    {
        int length = 0;
        while (length < 6 && _text[_start + length] == '\\' && _text[_start + length + 1] == '*')
            length += 2;
        if (length > 0)
            Offer(length, TreebankRule.Punctuation);
    }

    private void MatchHandle(char first)
    {
        int end = _start + 1;
        if (first == '@' && (Is(end, CharacterClass.AsciiLetter) || _text[end] == '_'))
        {
            while (Is(end, CharacterClass.AsciiLetter | CharacterClass.AsciiDigit) || _text[end] == '_')
                end++;
            Offer(end - _start, TreebankRule.Handle);
        }
        if (first != '#')
            return;
        Offer(1, TreebankRule.Dollar);
        for (int letter; (letter = WordLetter(end)) > 0;)
            end += letter;
        if (end > _start + 1)
            Offer(end - _start, TreebankRule.Handle);
    }

    private void OfferDoubleQuote(int length)
    {
        char next = _text[_start + length];
        if (char.IsAsciiLetterOrDigit(next) || next == '$')
            Offer(length + 1, length, TreebankRule.OpeningDoubleQuote);
        Offer(length, TreebankRule.ClosingDoubleQuote);
    }

    private void MatchApostrophes(char first)
    {
        int apostrophe = Apostrophe(_start);
        if (apostrophe == 0)
            return;
        int letters = _start + apostrophe;
        Offer(apostrophe, TreebankRule.Quote);
        int clitic = Clitic(_start);
        if (clitic > 0)
            OfferClitic(clitic);
        if (char.IsAsciiDigit(_text[letters]) && char.IsAsciiDigit(_text[letters + 1]) && WhiteSpace(letters + 2) > 0)
            Offer(apostrophe + 2 + WhiteSpace(letters + 2), apostrophe + 2, TreebankRule.ShortYear);
        if (_text[letters] is >= '2' and <= '9' && _text[letters + 1] == '0' && (_text[letters + 2] | 0x20) == 's')
            Offer(apostrophe + 3, TreebankRule.ApostropheWord);
        if ((_text[letters] | 0x20) == 'n')
            Offer(apostrophe + 1 + Apostrophe(letters + 1), TreebankRule.ApostropheWord);
        foreach (string word in (ReadOnlySpan<string>)["em", "till", "til", "cause"])
        {
            if (Matches(letters, word))
                Offer(apostrophe + word.Length, TreebankRule.ApostropheWord);
        }
        if (first != '\'')
            return;

        if (Matches(letters, "twas"))
            Offer(5, 2, TreebankRule.Assimilation);
        if (Matches(letters, "tis"))
            Offer(4, 2, TreebankRule.Assimilation);
        if (_text[letters] == '\'')
            Offer(2, TreebankRule.Quote);
        if (Is(letters, CharacterClass.AsciiLetter) && letters + 1 < _end && _text[letters + 1] is not (' ' or '\t' or '\n' or '\r' or '\u00A0'))
            Offer(3, 1, TreebankRule.OpeningSingleQuote);
    }

    private void MatchEntities()
    {
        if (Matches(_start, "&amp;"))
            Offer(5, TreebankRule.AmpersandEntity);
        else if (Matches(_start, "&lt;"))
            Offer(4, TreebankRule.LessThan);
        else if (Matches(_start, "&gt;"))
            Offer(4, TreebankRule.GreaterThan);
        else if (Matches(_start, "&quot;"))
            OfferDoubleQuote(6);
        else if (Matches(_start, "&nbsp;"))
            Offer(6, TreebankRule.Skipped);
        else if (Matches(_start, "&md;"))
            Offer(4, TreebankRule.LongDash);
        else if (Matches(_start, "&mdash;") || Matches(_start, "&ndash;"))
            Offer(7, TreebankRule.LongDash);

        foreach (string entity in (ReadOnlySpan<string>)["&ht;", "&tl;", "&ur;", "&lr;", "&qc;", "&ql;", "&qr;", "&odq;", "&cdq;"])
        {
            if (Matches(_start, entity))
                Offer(entity.Length, TreebankRule.PunctuationEntity);
        }
        if (_text[_start + 1] != '#')
            return;
        int end = SkipWhile(_start + 2, CharacterClass.AsciiDigit);
        if (end > _start + 2 && _text[end] == ';')
            Offer(end + 1 - _start, TreebankRule.PunctuationEntity);
    }

    private void MatchSmiley()
    {
        int eyes = _text[_start] is '<' or '>' ? _start + 1 : _start;
        if (_text[eyes] is not (':' or ';' or '='))
            return;
        if (_text[eyes + 1] is '-' or 'o' or '*' or '\'')
            OfferSmiley(eyes + 2);
        OfferSmiley(eyes + 1);
    }

    private void OfferSmiley(int mouth)
    {
        if (_text[mouth] is '(' or ')' or 'D' or 'P' or 'd' or 'p' or 'O' or '\\' or '{' or '@' or '|' or '[' or ']'
            && mouth + 1 < _end && !char.IsAsciiLetterOrDigit(_text[mouth + 1]))
        {
            Offer(mouth + 2 - _start, mouth + 1 - _start, TreebankRule.Smiley);
        }
    }

    private static bool IsFace(char c) => c is '^' or 'x' or '=' or '~' or '<' or '>';

    private static bool IsFaceOrHyphen(char c) => c is '-' or '\'' || IsFace(c);

    private void MatchAsianSmiley(char first)
    {
        if (IsFaceOrHyphen(first) && _text[_start + 1] == '_' && IsFaceOrHyphen(_text[_start + 2]))
            Offer(3, TreebankRule.AsianSmiley);
        if (IsFace(first) && Matches(_start + 1, ".[^x=~<>]"))
            Offer(10, TreebankRule.AsianSmiley);
        if (first != '(')
            return;

        if (IsFaceOrHyphen(_text[_start + 1]))
        {
            int other = _text[_start + 2] is '_' or '.' ? _start + 3 : _start + 2;
            if (IsFaceOrHyphen(_text[other]) && _text[other + 1] == ')')
                Offer(other + 2 - _start, TreebankRule.AsianSmiley);
        }
        if (IsFace(_text[_start + 1]) || _text[_start + 1] == '\'')
        {
            if (_text[_start + 2] == '-' && (IsFace(_text[_start + 3]) || _text[_start + 3] is '\'' or '`') && _text[_start + 4] == ')')
                Offer(5, TreebankRule.AsianSmiley);
        }
    }
}
