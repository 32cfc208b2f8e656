using System.Collections.Frozen;

namespace VlmMlNet.Evaluation.PennTreebank;

/// <summary>What a word means when a full stop follows it.</summary>
[Flags]
internal enum AbbreviationKind : byte
{
    /// <summary>No abbreviation.</summary>
    None = 0,

    /// <summary>Usually before a lower-case word: a capital after it begins a sentence.</summary>
    BeforeLowerCase = 1,

    /// <summary>Usually before a capital, never at a sentence's end: titles.</summary>
    BeforeName = 2,

    /// <summary>An abbreviation before numbers only.</summary>
    BeforeNumber = 4,
}

/// <summary>The abbreviations that the Penn Treebank's texts are known to use.</summary>
internal static class Abbreviations
{
    /// <summary>The longest word listed.</summary>
    public const int MaximumLength = 7;

    // An upper-case letter has to be one in the text; a letter after ^ has to be lower case. All else may be either.
    private const string LowerCaseFollows =
        "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri "
        + "ala ariz Az Ark calif colo conn ct dak Del fla ga Ill ind kan kans ky La Mass md mich minn Miss mo mont neb nev "
        + "okla Ore Pa penn tenn Tex va vt Wash wis wisc wyo "
        + "inc co cos corp pt^y pt^e pt^ys pt^es ppt^y ppt^e ppt^ys ppt^es ltd plc rt bancorp bhd assn univ intl sys "
        + "tel est ext sq jr sr bros blvd rd esq etc al seq bldg";

    private const string NameFollows =
        "mr mrs ms Miss dr drs prof profs sen sens rep reps atty attys lt col gen messrs gov govs adm rev maj sgt cpl pvt capt "
        + "st ste ave pres lieut hon brig cmdr comdr pfc spc supt supts det mt ft adj adv asst assoc ens insp mlle mme msgr sfc "
        + "vs alex wm jos cie cf treas ph invt elec natl m^tg m^fg dept";

    private const string NumberFollows = "ca fig figs prop no nos art bldg pp op";

    private static readonly FrozenDictionary<string, (AbbreviationKind Kinds, int Position, bool Upper)> s_words = Read();
    private static readonly FrozenDictionary<string, (AbbreviationKind Kinds, int Position, bool Upper)>.AlternateLookup<ReadOnlySpan<char>> s_lookup =
        s_words.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>What <paramref name="word"/>, ASCII letters in any case, abbreviates.</summary>
    public static AbbreviationKind Of(ReadOnlySpan<char> word)
    {
        if (word.Length > MaximumLength)
            return AbbreviationKind.None;
        Span<char> lower = stackalloc char[MaximumLength];
        for (int i = 0; i < word.Length; i++)
            lower[i] = (char)(word[i] | 0x20);
        if (!s_lookup.TryGetValue(lower[..word.Length], out (AbbreviationKind Kinds, int Position, bool Upper) entry))
            return AbbreviationKind.None;
        return entry.Position < 0 || char.IsAsciiLetterUpper(word[entry.Position]) == entry.Upper ? entry.Kinds : AbbreviationKind.None;
    }

    private static FrozenDictionary<string, (AbbreviationKind Kinds, int Position, bool Upper)> Read()
    {
        var words = new Dictionary<string, (AbbreviationKind Kinds, int Position, bool Upper)>();
        Add(LowerCaseFollows, AbbreviationKind.BeforeLowerCase);
        Add(NameFollows, AbbreviationKind.BeforeName);
        Add(NumberFollows, AbbreviationKind.BeforeNumber);
        return words.ToFrozenDictionary();

        void Add(string list, AbbreviationKind kind)
        {
            foreach (string item in list.Split(' '))
            {
                int lower = item.IndexOf('^');
                int upper = char.IsAsciiLetterUpper(item[0]) ? 0 : -1;
                string word = item.Replace("^", "", StringComparison.Ordinal).ToLowerInvariant();
                AbbreviationKind kinds = words.TryGetValue(word, out var known) ? known.Kinds | kind : kind;
                words[word] = (kinds, lower >= 0 ? lower : upper, lower < 0);
            }
        }
    }
}
