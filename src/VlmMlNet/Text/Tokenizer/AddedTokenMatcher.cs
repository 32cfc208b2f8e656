using System.Buffers;
using System.Globalization;
using System.Text;

namespace VlmMlNet.Text.Tokenizer;

/// <summary>Splits text at added tokens: the leftmost match counts, and the longest of those that begin there (the rules of
/// Hugging Face's AddedVocabulary).</summary>
internal sealed class AddedTokenMatcher
{
    private readonly SearchValues<string> _any;
    private readonly Dictionary<char, (string Text, AddedToken Token)[]> _byFirstCharacter;

    public AddedTokenMatcher(IReadOnlyCollection<(string Text, AddedToken Token)> tokens)
    {
        _any = SearchValues.Create([.. tokens.Select(entry => entry.Text)], StringComparison.Ordinal);
        _byFirstCharacter = tokens.GroupBy(entry => entry.Text[0])
            .ToDictionary(group => group.Key, group => group.OrderByDescending(entry => entry.Text.Length).ToArray());
    }

    /// <summary>Finds the next added token.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="position">Where to search from; moved behind the match.</param>
    /// <param name="previousEnd">The end of the match before; white space that it took is not taken twice.</param>
    /// <param name="allowSpecialTokens">False passes over special tokens.</param>
    /// <param name="start">Where the match begins, with the white space that it swallows.</param>
    /// <param name="end">Where it ends, with the white space that it swallows.</param>
    /// <returns>The token, or null behind the last.</returns>
    public AddedToken? Next(ReadOnlySpan<char> text, ref int position, int previousEnd, bool allowSpecialTokens, out int start, out int end)
    {
        while (true)
        {
            int offset = text[position..].IndexOfAny(_any);
            if (offset < 0)
            {
                start = end = text.Length;
                return null;
            }
            start = position + offset;
            (string matched, AddedToken token) = LongestAt(text[start..]);
            end = position = start + matched.Length;
            if (token.IsSpecial && !allowSpecialTokens)
                continue;
            if (token.IsSingleWord && (EndsInWord(text[..start]) || StartsWithWord(text[end..])))
                continue;
            if (token.StripsLeft)
                start = Math.Max(text[..start].TrimEnd().Length, previousEnd);
            if (token.StripsRight)
                end = text.Length - text[end..].TrimStart().Length;
            return token;
        }
    }

    private (string Text, AddedToken Token) LongestAt(ReadOnlySpan<char> text)
    {
        foreach ((string Text, AddedToken Token) entry in _byFirstCharacter[text[0]])
        {
            if (text.StartsWith(entry.Text, StringComparison.Ordinal))
                return entry;
        }
        throw new InvalidOperationException("The search reported a token that is not there.");
    }

    private static bool EndsInWord(ReadOnlySpan<char> text) =>
        Rune.DecodeLastFromUtf16(text, out Rune rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool StartsWithWord(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out Rune rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool IsWord(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter
        or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
        or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber or UnicodeCategory.DecimalDigitNumber
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
        or UnicodeCategory.ConnectorPunctuation || rune.Value is 0x200C or 0x200D;
}
