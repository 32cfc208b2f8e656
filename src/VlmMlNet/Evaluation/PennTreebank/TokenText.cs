namespace VlmMlNet.Evaluation.PennTreebank;

/// <summary>Writes a token the way the treebank does, in lower case.</summary>
internal sealed class TokenText
{
    private char[] _buffer = new char[256];
    private int _length;

    /// <summary>The token's text; good until the next call.</summary>
    public ReadOnlySpan<char> Of(TreebankRule rule, ReadOnlySpan<char> raw)
    {
        if (rule == TreebankRule.Word && IsPlain(raw))
            return raw;
        _length = 0;
        Write(rule, raw);
        LowerCase.Apply(ref _buffer, ref _length);
        return _buffer.AsSpan(0, _length);
    }

    private static bool IsPlain(ReadOnlySpan<char> raw)
    {
        foreach (char c in raw)
        {
            if (!char.IsAsciiLetterLower(c))
                return false;
        }
        return true;
    }

    private void Write(TreebankRule rule, ReadOnlySpan<char> raw)
    {
        switch (rule)
        {
            case TreebankRule.Word or TreebankRule.WordBeforeClitic or TreebankRule.WordBeforeNegation
                or TreebankRule.WordWithPeriod or TreebankRule.Number or TreebankRule.HyphenatedWord:
                WriteWithoutSoftHyphens(raw);
                break;
            case TreebankRule.LongDash:
                Append("--");
                break;
            case TreebankRule.Hyphens:
                Append(raw.Length is 3 or 4 ? "--" : raw); // longer ones are lines that somebody drew
                break;
            case TreebankRule.Ellipsis:
                Append("...");
                break;
            case TreebankRule.LessThan:
                Append("<");
                break;
            case TreebankRule.GreaterThan:
                Append(">");
                break;
            case TreebankRule.OpeningDoubleQuote or TreebankRule.OpeningSingleQuote:
                WriteQuotes(raw, "``", "`");
                break;
            case TreebankRule.ClosingDoubleQuote or TreebankRule.Quote or TreebankRule.Clitic or TreebankRule.TrailingClitic:
                WriteQuotes(raw, "''", "'");
                break;
            case TreebankRule.AmpersandEntity or TreebankRule.TreebankWord or TreebankRule.AmpersandWord:
                WriteAmpersands(raw);
                break;
            case TreebankRule.Tag or TreebankRule.Fraction:
                foreach (char c in raw)
                    Append(c == ' ' ? '\u00A0' : c);
                break;
            case TreebankRule.Phone or TreebankRule.Smiley or TreebankRule.AsianSmiley or TreebankRule.Bracket:
                WriteBrackets(rule, raw);
                break;
            case TreebankRule.Currency or TreebankRule.FractionSign:
                Append(Spelled(raw[0]) ?? raw);
                break;
            default:
                Append(raw);
                break;
        }
    }

    private static string? Spelled(char sign) => sign switch
    {
        '\u00A2' => "cents",
        '\u00A3' => "#",
        '\u0080' or '\u00A4' or '\u20A0' or '\u20AC' => "$",
        '\u00BC' => "1/4",
        '\u00BD' => "1/2",
        '\u00BE' => "3/4",
        '\u2153' => "1/3",
        '\u2154' => "2/3",
        _ => null,
    };

    private void WriteWithoutSoftHyphens(ReadOnlySpan<char> raw)
    {
        foreach (char c in raw)
        {
            if (c != '\u00AD')
                Append(c);
        }
        if (_length == 0)
            Append('-');
    }

    private void WriteQuotes(ReadOnlySpan<char> raw, string straightDouble, string straightSingle)
    {
        while (!raw.IsEmpty)
        {
            int used = raw.StartsWith("&apos;") || raw.StartsWith("&quot;") ? 6 : 1;
            Append(raw[0] switch
            {
                '\'' => straightSingle,
                '"' => straightDouble,
                '&' when used == 6 => raw[1] == 'a' ? straightSingle : straightDouble,
                '\u0091' or '\u2018' or '\u201B' or '\u2039' => "`",
                '\u0092' or '\u2019' or '\u203A' => "'",
                '\u0093' or '\u201C' or '\u00AB' => "``",
                '\u0094' or '\u201D' or '\u00BB' => "''",
                _ => raw[..1],
            });
            raw = raw[used..];
        }
    }

    private void WriteAmpersands(ReadOnlySpan<char> raw)
    {
        for (int at; (at = raw.IndexOf("&amp;", StringComparison.OrdinalIgnoreCase)) >= 0; raw = raw[(at + 5)..])
            Append(raw[..(at + 1)]);
        Append(raw);
    }

    private void WriteBrackets(TreebankRule rule, ReadOnlySpan<char> raw)
    {
        foreach (char c in raw)
        {
            if (c == '(')
                Append("-lrb-");
            else if (c == ')')
                Append("-rrb-");
            else if (rule == TreebankRule.Bracket)
                Append(c switch { '[' => "-lsb-", ']' => "-rsb-", '{' => "-lcb-", _ => "-rcb-" });
            else
                Append(rule == TreebankRule.Phone && c == ' ' ? '\u00A0' : c);
        }
    }

    private void Append(char c) => Append(new ReadOnlySpan<char>(in c));

    private void Append(ReadOnlySpan<char> text)
    {
        if (_length + text.Length > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_length + text.Length, 2 * _buffer.Length));
        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }
}
