using System.Globalization;
using System.Runtime.CompilerServices;

namespace VlmMlNet.Evaluation.PennTreebank;

/// <summary>Which characters (UTF-16 units: a surrogate is in no positive class) the treebank's rules treat alike.</summary>
[Flags]
internal enum CharacterClass
{
    /// <summary>Part of a word: letters, the combining marks of many scripts, the soft hyphen.</summary>
    WordLetter = 1 << 0,

    /// <summary>A letter of Unicode 6.3, in which the rules were compiled.</summary>
    Letter = 1 << 1,

    /// <summary>A decimal digit, those of N'Ko included.</summary>
    Digit = 1 << 2,

    /// <summary>What begins a sentence: upper-case letters and numerals.</summary>
    Upper = 1 << 3,

    /// <summary>Space, tab, non-breaking and typographic spaces.</summary>
    Space = 1 << 4,

    /// <summary>What ends a line.</summary>
    NewLine = 1 << 5,

    /// <summary>Inside http://...</summary>
    UrlBody = 1 << 6,

    /// <summary>Inside the path of a URL that has no scheme.</summary>
    UrlPath = 1 << 7,

    /// <summary>Can end a URL.</summary>
    UrlEnd = 1 << 8,

    /// <summary>Inside a label of www.label.tld.</summary>
    WwwLabel = 1 << 9,

    /// <summary>Inside a label of label.com: no ASCII digit or capital.</summary>
    HostLabel = 1 << 10,

    /// <summary>Before the @ of an address.</summary>
    EmailLocal = 1 << 11,

    /// <summary>Inside a label after the @ of an address.</summary>
    EmailLabel = 1 << 12,

    /// <summary>A symbol that is a token of its own.</summary>
    Symbol = 1 << 13,

    /// <summary>A to Z in either case.</summary>
    AsciiLetter = 1 << 14,

    /// <summary>0 to 9.</summary>
    AsciiDigit = 1 << 15,

    /// <summary>Joins the parts of a compound: hyphens and the underscore.</summary>
    Joiner = 1 << 16,

    /// <summary>Punctuation inside a sentence: comma, semicolon, colon, ideographic comma.</summary>
    InSentence = 1 << 17,

    /// <summary>Of ASCII letters, digits, full stop, comma and soft hyphen: the first part of a hyphenated word.</summary>
    HyphenatedHead = 1 << 18,

    /// <summary>Typographic quotation marks, of which up to two make a token.</summary>
    QuoteMark = 1 << 19,

    /// <summary>Stops of many scripts that are tokens of their own.</summary>
    Stop = 1 << 20,

    /// <summary>A currency's sign other than the dollar's.</summary>
    Currency = 1 << 21,

    /// <summary>Leaves no token, like a space, but joins no run of spaces.</summary>
    Ignored = 1 << 22,

    /// <summary>Separates numbers' groups: . : , soft hyphen and the Arabic separators.</summary>
    NumberSeparator = 1 << 23,
}

/// <summary>The table behind <see cref="CharacterClass"/>.</summary>
internal static class CharacterClasses
{
    // Letters that Unicode 6.3 did not have; digits likewise.
    private const string LaterLetters =
        "037F 0528-052F 0560 0588 05EF 0860-086A 0870-0887 0889-088F 08A1 08AD-08C9 0978 0980 09FC 0AF9 0C34 0C5A 0C5C-0C5D "
        + "0C80 0CDC-0CDD 0D04 0D54-0D56 0D5F 0E86 0E89 0E8C 0E8E-0E93 0E98 0EA0 0EA8-0EA9 0EAC 13F5 13F8-13FD 16F1-16F8 170D "
        + "171F 1878 191D-191E 19B0-19C0 19C8-19C9 1B4C 1C80-1C8A 1C90-1CBA 1CBD-1CBF 1CF2-1CF3 1CFA 2C2F 2C5F 312E-312F "
        + "31BB-31BF 4DB6-4DBF 9FCD-9FFF A698-A69D A78F A794-A79F A7AB-A7F7 A8FD-A8FE A9E0-A9E4 A9E6-A9EF A9FA-A9FE AA7E-AA7F "
        + "AB30-AB5A AB5C-AB69 AB70-ABBF";

    private const string LaterDigits = "0DE6-0DEF A9F0-A9F9";

    private const string MoreWordLetters =
        "00AD 0237-024F 02C2-02C5 02D2-02DF 02E5-02FF 0300-037D 0384-0385 03CF 03F6 03FC-03FF 0483-0487 04CF 04F6-04FF "
        + "0510-0525 055A-055F 0591-05BD 05BF 05C1-05C2 05C4-05C5 05C7 0615-061A 063B-063F 064B-065E 0670 06D6-06EF 06FA-06FF "
        + "070F 0711 0730-074F 0750-077F 07A6-07B1 07CA-07F5 07FA 0900-0903 093C 093E-094E 0951-0955 0962-0963 0981-0983 "
        + "09BC-09C4 09C7-09C8 09CB-09CD 09D7 09E2-09E3 0A01-0A03 0A3C 0A3E-0A4F 0A81-0A83 0ABC-0ACF 0B82 0BBE-0BC2 0BC6-0BC8 "
        + "0BCA-0BCD 0C01-0C03 0C3E-0C56 0D3E-0D44 0D46-0D48 0E30-0E3A 0E47-0E4E 0EB1-0EBC 0EC8-0ECD 1885-1886";

    private const string SymbolRanges =
        "0025-0026 002B 005C 005E 007C 007E 00A6-00A9 00AC 00AE-00BA 00D7 00F7 0387 05BE 05C0 05C3 05C6 05F3-05F4 0600-0603 "
        + "0606-060A 060C 0614 061B 061E 066A 066D 0703-070D 07F6-07F8 0964-0965 0E4F 1FBD 2016-2017 2020-2023 2030-2038 203B "
        + "203E-2042 2044 207A-207F 208A-208E 2100-214F 2190-2BFF 3012 30FB FF01-FF0F FF1A-FF20 FF3B-FF40 FF5B-FF65";

    private static readonly CharacterClass[] s_table = Build();

    /// <summary>The table, indexed by the character.</summary>
    public static CharacterClass[] Table => s_table;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static CharacterClass[] Build()
    {
        var table = new CharacterClass[char.MaxValue + 1];
        for (int c = 0; c <= char.MaxValue; c++)
            table[c] = OfUnicode((char)c);

        Change(table, LaterLetters, CharacterClass.Letter | CharacterClass.WordLetter | CharacterClass.Upper, set: false);
        Change(table, LaterDigits, CharacterClass.Digit, set: false);
        Change(table, MoreWordLetters, CharacterClass.WordLetter, set: true);
        Change(table, "1885-1886", CharacterClass.Letter, set: true); // marks since Unicode 9, letters before
        Change(table, "13A0-13F5", CharacterClass.Upper, set: false); // Cherokee had no case then
        Change(table, "2160-216F 24B6-24CF", CharacterClass.Upper, set: true);
        Change(table, SymbolRanges, CharacterClass.Symbol, set: true);
        Change(table, "0020 0009 00A0 2000-200A 3000", CharacterClass.Space, set: true);
        Change(table, "000A-000D 0085 2028-2029", CharacterClass.NewLine, set: true);
        Change(table, "0000 007F 200B 200E-200F FEFF", CharacterClass.Ignored, set: true);
        Change(table, "002D 005F 058A 2010-2011", CharacterClass.Joiner, set: true);
        Change(table, "002C 003A-003B 3001", CharacterClass.InSentence, set: true);
        Change(table, "0060 0091-0094 00AB 00BB 2018-201F 2039-203A", CharacterClass.QuoteMark, set: true);
        Change(table, "002E 00A1 00BF 037E 0589 061F 06D4 0700-0702 07FA 3002", CharacterClass.Stop, set: true);
        Change(table, "0080 00A2-00A5 060B 0E3F 20A0 20A4 20AC FFE0-FFE1 FFE5-FFE6", CharacterClass.Currency, set: true);
        Change(table, "002C 002E 003A 00AD 066B-066C", CharacterClass.NumberSeparator, set: true);
        Change(table, "0030-0039 0041-005A 0061-007A 002C 002E 00AD", CharacterClass.HyphenatedHead, set: true);

        const CharacterClass addresses = CharacterClass.UrlBody | CharacterClass.UrlPath | CharacterClass.UrlEnd
            | CharacterClass.WwwLabel | CharacterClass.HostLabel | CharacterClass.EmailLocal | CharacterClass.EmailLabel;
        Change(table, "0000-FFFF", addresses, set: true);
        Change(table, " \t\n\f\r\"<>|()", addresses);
        Change(table, "{}", addresses & ~CharacterClass.UrlPath);
        Change(table, ".!?,", CharacterClass.UrlEnd | CharacterClass.WwwLabel | CharacterClass.HostLabel);
        Change(table, "-", CharacterClass.UrlEnd);
        Change(table, ".", CharacterClass.EmailLabel);
        Change(table, "\u00A0", CharacterClass.EmailLocal | CharacterClass.EmailLabel);
        Change(table, "`'$", CharacterClass.HostLabel);
        Change(table, "002C-005F", CharacterClass.HostLabel, set: false);
        return table;
    }

    // Called for every character there is before the compiler would find out that this is worth its while.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static CharacterClass OfUnicode(char c)
    {
        CharacterClass classes = 0;
        if (char.IsLetter(c))
            classes |= CharacterClass.Letter | CharacterClass.WordLetter;
        if (char.IsDigit(c))
            classes |= CharacterClass.Digit;
        if (char.IsUpper(c))
            classes |= CharacterClass.Upper;
        if (char.IsAsciiLetter(c))
            classes |= CharacterClass.AsciiLetter;
        if (c is >= '\u07C0' and <= '\u07C9')
            classes |= CharacterClass.Digit;
        return char.IsAsciiDigit(c) ? classes | CharacterClass.AsciiDigit : classes;
    }

    private static void Change(CharacterClass[] table, string ranges, CharacterClass classes, bool set)
    {
        foreach (string range in ranges.Split(' '))
        {
            int first = int.Parse(range.AsSpan(0, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            int last = int.Parse(range.AsSpan(range.Length - 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            for (int c = first; c <= last; c++)
                table[c] = set ? table[c] | classes : table[c] & ~classes;
        }
    }

    private static void Change(CharacterClass[] table, string characters, CharacterClass removed)
    {
        foreach (char c in characters)
            table[c] &= ~removed;
    }
}
