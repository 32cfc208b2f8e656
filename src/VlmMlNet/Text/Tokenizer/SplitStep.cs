using System.Text;
using System.Text.RegularExpressions;

namespace VlmMlNet.Text.Tokenizer;

/// <summary>One step of splitting text into words by a regular expression. Matches run over whole characters, not over
/// UTF-16 units: <c>\p{L}</c> must see letters outside the basic plane, which .NET's expressions do not.</summary>
internal sealed partial class SplitStep
{
    /// <summary>The pattern of Qwen2's tokenizer.</summary>
    public const string QwenPattern = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>The pattern of GPT-2's tokenizer, which Hugging Face's ByteLevel has when it splits by itself.</summary>
    public const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    // One character of the basic plane for each general category, in the order of the enumeration.
    private const string Representatives = "\u0100\u0101\u01C5\u02B0\uA000\u0301\u0903\u0488\u0660\u2160\u00B2\u00A0\u2028\u2029\u0001\u00AD\uFFFD\uE000\u203F\u2010\u2045\u2046\u00AB\u00BB\u00A7\u00B1\u00A2\u00A8\u00A9\u0378";

    private readonly Regex _regex;
    private readonly bool _foldsLongS;

    /// <summary>Makes a step.</summary>
    /// <param name="pattern">The expression.</param>
    /// <param name="keepsMatches">What it matches becomes a word.</param>
    /// <param name="keepsGaps">What lies between matches becomes a word.</param>
    /// <exception cref="ArgumentException">.NET cannot read the expression.</exception>
    public SplitStep(string pattern, bool keepsMatches = true, bool keepsGaps = true)
    {
        _regex = pattern switch
        {
            QwenPattern => QwenRegex(),
            Gpt2Pattern => Gpt2Regex(),
            _ => new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.Compiled),
        };
        // Unicode case folding equates U+017F (long s) with s; .NET's does not.
        _foldsLongS = pattern.Contains("(?i", StringComparison.Ordinal);
        KeepsMatches = keepsMatches;
        KeepsGaps = keepsGaps;
    }

    private bool KeepsMatches { get; }

    private bool KeepsGaps { get; }

    /// <summary>Splits a piece of well-formed UTF-16 text.</summary>
    /// <param name="text">The piece.</param>
    /// <param name="offset">What is added to the offsets.</param>
    /// <param name="words">Where the words' offsets and lengths are appended.</param>
    public void Split(ReadOnlySpan<char> text, int offset, List<(int Offset, int Length)> words)
    {
        bool isPlain = !text.ContainsAnyInRange('\uD800', '\uDFFF') && !(_foldsLongS && text.Contains('\u017F'));
        ReadOnlySpan<char> searched = isPlain ? text : OneUnitPerCharacter(text);
        int end = 0, searchedEnd = 0;
        foreach (ValueMatch match in _regex.EnumerateMatches(searched))
        {
            if (match.Length == 0)
                continue;
            int start = isPlain ? match.Index : Advance(text, end, match.Index - searchedEnd);
            if (start > end && KeepsGaps)
                words.Add((offset + end, start - end));
            end = isPlain ? start + match.Length : Advance(text, start, match.Length);
            searchedEnd = match.Index + match.Length;
            if (KeepsMatches)
                words.Add((offset + start, end - start));
        }
        if (end < text.Length && KeepsGaps)
            words.Add((offset + end, text.Length - end));
    }

    /// <summary>The text with each pair of surrogates replaced by one unit of the same general category.</summary>
    private char[] OneUnitPerCharacter(ReadOnlySpan<char> text)
    {
        var units = new char[text.Length];
        int count = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            units[count++] = !rune.IsBmp ? Representatives[(int)Rune.GetUnicodeCategory(rune)]
                : _foldsLongS && rune.Value == 0x17F ? 's'
                : (char)rune.Value;
        }
        return units[..count];
    }

    private static int Advance(ReadOnlySpan<char> text, int position, int characters)
    {
        for (; characters > 0; characters--)
            position += char.IsHighSurrogate(text[position]) ? 2 : 1;
        return position;
    }

    [GeneratedRegex(QwenPattern, RegexOptions.CultureInvariant)]
    private static partial Regex QwenRegex();

    [GeneratedRegex(Gpt2Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Gpt2Regex();
}
