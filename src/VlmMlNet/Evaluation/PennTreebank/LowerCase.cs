namespace VlmMlNet.Evaluation.PennTreebank;

/// <summary>Lower case as Java's <c>String.toLowerCase(Locale.ENGLISH)</c> and Python's <c>str.lower()</c> write it: the simple mappings of Unicode, and
/// the two special ones of its full mapping.</summary>
internal static class LowerCase
{
    private const char CapitalIWithDot = '\u0130';
    private const char CapitalSigma = '\u03A3';
    private const char Sigma = '\u03C3';
    private const char FinalSigma = '\u03C2';

    /// <summary>The text in lower case.</summary>
    public static string Of(string text)
    {
        char[] characters = text.ToCharArray();
        int length = characters.Length;
        Apply(ref characters, ref length);
        return new string(characters, 0, length);
    }

    /// <summary>Changes the first <paramref name="length"/> characters; the dotted capital I becomes two.</summary>
    public static void Apply(ref char[] text, ref int length)
    {
        Span<char> used = text.AsSpan(0, length);
        if (System.Text.Ascii.IsValid(used))
        {
            foreach (ref char c in used)
            {
                if (char.IsAsciiLetterUpper(c))
                    c = (char)(c | 0x20);
            }
            return;
        }

        string original = new(used);
        var lower = new System.Text.StringBuilder(length + 4);
        lower.Append(original.ToLowerInvariant());
        for (int i = length - 1; i >= 0; i--)
        {
            if (original[i] == CapitalIWithDot)
                lower.Remove(i, 1).Insert(i, "i\u0307");
            else if (original[i] == CapitalSigma)
                lower[i] = IsFinal(original, i) ? FinalSigma : Sigma;
        }
        if (text.Length < lower.Length)
            text = new char[2 * lower.Length];
        lower.CopyTo(0, text, 0, lower.Length);
        length = lower.Length;
    }

    // Final: letters before it in the word, none after.
    private static bool IsFinal(string text, int sigma) => HasLetter(text, sigma, -1) && !HasLetter(text, sigma, 1);

    private static bool HasLetter(string text, int index, int step)
    {
        for (index += step; index >= 0 && index < text.Length; index += step)
        {
            char c = text[index];
            if (char.IsLower(c) || char.IsUpper(c))
                return true;
            if (!JoinsLetters(text, index))
                return false;
        }
        return false;
    }

    // Letters without case join, but not Chinese and Japanese ones; so do digits and marks. Punctuation of
    // compounds, contractions and abbreviations joins only between letters.
    private static bool JoinsLetters(string text, int index)
    {
        char c = text[index];
        if (c is '-' or '\u2010' or '\u2011' or '\'' or '\u2019' or '.' or '\u00B7')
            return index > 0 && index + 1 < text.Length && char.IsLetter(text[index - 1]) && char.IsLetter(text[index + 1]);
        if (c is (>= '\u3040' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF'))
            return false;
        return char.IsLetterOrDigit(c) || c is '_' or '\u00AD'
            || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.Format;
    }
}
