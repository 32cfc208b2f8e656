namespace VlmMlNet.Evaluation.PennTreebank;

/// <content>Tags, URLs, mail addresses and file names.</content>
internal sealed partial class TreebankLexer
{
    private static readonly string[] s_extensions =
        ("bat bmp c class cgi cpp dll doc docx exe gif gz h htm html jar java jpeg jpg mov mp3 pdf php pl png ppt ps py sql tar "
        + "txt wav x xml zip").Split(' ');

    private int _noEmailBefore;
    private int _noHostBefore;
    private int _noWwwBefore;
    private int _noFileNameBefore;
    private int _noTagBefore;

    private void MatchUrl()
    {
        int scheme = Matches(_start, "http://") ? _start + 7 : Matches(_start, "https://") ? _start + 8 : 0;
        if (scheme == 0)
            return;
        int end = UrlEnd(SkipWhile(scheme, CharacterClass.UrlBody), scheme + 1);
        if (end > 0)
            Offer(end - _start, TreebankRule.Url);
    }

    // A URL does not end in punctuation: the end of what is left, which holds at least the character at the index; or 0.
    private int UrlEnd(int end, int minimum)
    {
        while (end > minimum && !Is(end - 1, CharacterClass.UrlEnd))
            end--;
        return end > minimum ? end : 0;
    }

    private int PathEnd(int slash) =>
        _text[slash] == '/' ? UrlEnd(SkipWhile(slash + 1, CharacterClass.UrlPath), slash + 2) : 0;

    // Labels of any characters between full stops, the last begun by two to four letters.
    private void MatchWww()
    {
        if (_start < _noWwwBefore)
            return;
        int best = 0;
        int label = _start + 4;
        int end = SkipWhile(label, CharacterClass.WwwLabel);
        while (end > label && _text[end] == '.')
        {
            label = end + 1;
            end = SkipWhile(label, CharacterClass.WwwLabel);
            int letters = 0;
            while (letters < 4 && Is(label + letters, CharacterClass.AsciiLetter))
                letters++;
            for (int length = 2; length <= letters; length++)
                best = Math.Max(best, Math.Max(label + length, best > label + length ? 0 : PathEnd(label + length)));
        }
        if (best == 0)
            _noWwwBefore = end;
        else
            Offer(best - _start, TreebankRule.LikelyUrl);
    }

    // Labels without digits and capitals, the last begun by com, net, org or edu.
    private void MatchHost()
    {
        if (_start < _noHostBefore)
            return;
        int best = 0;
        int label = _start;
        int end = SkipWhile(label, CharacterClass.HostLabel);
        while (end > label && _text[end] == '.')
        {
            label = end + 1;
            end = SkipWhile(label, CharacterClass.HostLabel);
            if (Matches(label, "com") || Matches(label, "net") || Matches(label, "org") || Matches(label, "edu"))
                best = Math.Max(label + 3, PathEnd(label + 3));
        }
        if (best == 0)
            _noHostBefore = end;
        else
            Offer(best - _start, TreebankRule.LikelyUrl);
    }

    private void MatchEmail(char first)
    {
        int local = first == '<' ? _start + 1 : first == '&' ? Matches(_start, "&lt;") ? _start + 4 : -1 : _start;
        if (local < 0 || local < _noEmailBefore || !Is(local, CharacterClass.AsciiLetter | CharacterClass.AsciiDigit))
            return;
        int end = local;
        int at = 0;
        while (Is(end, CharacterClass.EmailLocal))
        {
            if (_text[end] == '@' && Is(end + 1, CharacterClass.EmailLabel))
                at = end;
            end++;
        }
        if (at == 0)
        {
            _noEmailBefore = end;
            return;
        }

        int label = at + 1;
        while (true)
        {
            end = SkipWhile(label, CharacterClass.EmailLabel);
            if (_text[end] != '.' || !Is(end + 1, CharacterClass.EmailLabel))
                break;
            label = end + 1;
        }
        if (_text[end] == '>')
            end++;
        Offer(end - _start, TreebankRule.Email);
    }

    // Letters and digits between full stops, the last part a known extension; before white space, . ? ! or a comma.
    private void MatchFileName()
    {
        if (_start < _noFileNameBefore)
            return;
        int best = 0;
        int part = _start;
        int end = SkipWordCharacters(part);
        while (end > part && _text[end] == '.')
        {
            part = end + 1;
            end = SkipWordCharacters(part);
            if (IsExtension(part, end) && (_text[end] is '.' or '?' or '!' or ',' || WhiteSpace(end) > 0))
                best = end;
        }
        if (best == 0)
            _noFileNameBefore = end;
        else
            Offer(best + Math.Max(1, WhiteSpace(best)) - _start, best - _start, TreebankRule.FileName);
    }

    private bool IsExtension(int index, int end)
    {
        if (end - index is 0 or > 5)
            return false;
        foreach (string extension in s_extensions)
        {
            if (extension.Length == end - index && Matches(index, extension))
                return true;
        }
        return false;
    }

    private void MatchTag()
    {
        int end = TagEnd(_start);
        if (end > 0)
            Offer(end - _start, TreebankRule.Tag);
    }

    // The end of a tag of SGML that begins at the index, or 0. It stays on its line.
    private int TagEnd(int index)
    {
        int next = index + 1;
        if (_text[next] is '!' or '?')
            return Is(next + 1, CharacterClass.AsciiLetter) || _text[next + 1] == '-' ? DeclarationEnd(next + 2) : 0;

        bool closing = _text[next] == '/';
        if (closing)
            next++;
        if (!Is(next, CharacterClass.AsciiLetter))
            return 0;
        next = SkipName(next);
        if (!closing)
        {
            next = SkipAttributes(next);
            if (next < 0)
                return 0;
            next = SkipBlanks(next);
            if (_text[next] == '/')
                next++;
        }
        next = SkipBlanks(next);
        return _text[next] == '>' ? next + 1 : 0;
    }

    private int DeclarationEnd(int index)
    {
        if (index < _noTagBefore)
            return 0;
        while (_text[index] is not ('>' or '\r' or '\n'))
            index++;
        if (_text[index] == '>')
            return index + 1;
        _noTagBefore = index;
        return 0;
    }

    // Names, each with or without a value in quotes. Behind the last; -1 where a value is not closed.
    private int SkipAttributes(int index)
    {
        while (true)
        {
            int name = SkipBlanks(index);
            if (name == index || !Is(name, CharacterClass.AsciiLetter))
                return index;
            index = SkipName(name);
            int sign = SkipBlanks(index);
            if (_text[sign] != '=')
                continue;
            int quote = SkipBlanks(sign + 1);
            if (_text[quote] is not ('\'' or '"'))
                return -1;
            index = quote + 1;
            while (_text[index] != _text[quote])
            {
                if (_text[index] == '\n')
                    return -1;
                index++;
            }
            index++;
        }
    }

    private int SkipBlanks(int index)
    {
        while (_text[index] == ' ')
            index++;
        return index;
    }

    private int SkipName(int index)
    {
        while (Is(index, CharacterClass.AsciiLetter | CharacterClass.AsciiDigit) || _text[index] is '_' or ':' or '.' or '-')
            index++;
        return index;
    }
}
