using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace VlmMlNet.Text.Tokenizer;

/// <summary>Unicode normalisation form C (Unicode Standard Annex 15), with tables of its own: under
/// InvariantGlobalization <see cref="string.Normalize()"/> returns its input unchanged on Linux, and a tokenizer must give
/// the same ids everywhere.</summary>
internal static class UnicodeNormalizer
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28, HangulCount = LeadCount * VowelCount * TrailCount;

    private static readonly Dictionary<int, (int First, int Second)> s_decompositions = [];
    private static readonly Dictionary<(int First, int Second), int> s_compositions = [];
    private static readonly Dictionary<int, byte> s_classes = [];

    /// <summary>The characters that form C changes, reorders or may join to the one before.</summary>
    private static readonly BitArray s_affected = new(0x30000);

    static UnicodeNormalizer()
    {
        ReadOnlySpan<int> table = UnicodeNormalizationData.Composites;
        for (int i = 0; i < table.Length; i += 3)
        {
            s_decompositions[table[i]] = (table[i + 1], table[i + 2]);
            s_compositions[(table[i + 1], table[i + 2])] = table[i];
            s_affected[table[i + 2]] = true;
        }
        table = UnicodeNormalizationData.DecomposedOnly;
        for (int i = 0; i < table.Length; i += 3)
        {
            s_decompositions[table[i]] = (table[i + 1], table[i + 2]);
            s_affected[table[i]] = true;
        }
        table = UnicodeNormalizationData.Singletons;
        for (int i = 0; i < table.Length; i += 2)
        {
            s_decompositions[table[i]] = (table[i + 1], 0);
            s_affected[table[i]] = true;
        }
        table = UnicodeNormalizationData.CombiningClasses;
        for (int i = 0; i < table.Length; i += 3)
        {
            for (int character = table[i]; character <= table[i + 1]; character++)
            {
                s_classes[character] = (byte)table[i + 2];
                s_affected[character] = true;
            }
        }
        for (int i = 0; i < VowelCount; i++)
            s_affected[VowelBase + i] = true;
        for (int i = 1; i < TrailCount; i++)
            s_affected[TrailBase + i] = true;
    }

    /// <summary>Normalises well-formed UTF-16 text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="normalized">Its form C.</param>
    /// <returns>False where the text is in form C as it stands; <paramref name="normalized"/> is null then.</returns>
    public static bool TryChangeToFormC(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? normalized)
    {
        normalized = null;
        int start = FirstAffected(text);
        if (start < 0)
            return false;
        // It may join the character before it, which being unaffected joins none before itself.
        if (start > 0)
            start -= char.IsLowSurrogate(text[start - 1]) ? 2 : 1;
        var characters = new List<int>(text.Length - start + 8);
        foreach (Rune rune in text[start..].EnumerateRunes())
            Decompose(rune.Value, characters);
        Span<int> work = CollectionsMarshal.AsSpan(characters);
        Reorder(work);
        int count = Compose(work);
        var result = new StringBuilder(text.Length);
        result.Append(text[..start]);
        Span<char> utf16 = stackalloc char[2];
        foreach (int character in work[..count])
            result.Append(utf16[..new Rune(character).EncodeToUtf16(utf16)]);
        if (result.Equals(text))
            return false;
        normalized = result.ToString();
        return true;
    }

    private static int FirstAffected(ReadOnlySpan<char> text)
    {
        // No character below U+0300 is affected; the search is vectorised, so plain Latin text costs nothing.
        int index = text.IndexOfAnyExceptInRange('\0', '\u02FF');
        while ((uint)index < (uint)text.Length)
        {
            Rune.DecodeFromUtf16(text[index..], out Rune rune, out int width);
            if (IsAffected(rune.Value))
                return index;
            index += width;
        }
        return -1;
    }

    private static bool IsAffected(int character) => character < s_affected.Length && s_affected[character];

    private static void Decompose(int character, List<int> output)
    {
        int syllable = character - HangulBase;
        if ((uint)syllable < HangulCount)
        {
            output.Add(LeadBase + (syllable / (VowelCount * TrailCount)));
            output.Add(VowelBase + (syllable % (VowelCount * TrailCount) / TrailCount));
            if (syllable % TrailCount != 0)
                output.Add(TrailBase + (syllable % TrailCount));
        }
        else if (s_decompositions.TryGetValue(character, out (int First, int Second) parts))
        {
            Decompose(parts.First, output);
            if (parts.Second != 0)
                Decompose(parts.Second, output);
        }
        else
        {
            output.Add(character);
        }
    }

    /// <summary>Sorts each run of combining marks by class; marks of one class keep their order.</summary>
    private static void Reorder(Span<int> characters)
    {
        for (int start = 0; start < characters.Length; start++)
        {
            if (Class(characters[start]) == 0)
                continue;
            int end = start + 1;
            while (end < characters.Length && Class(characters[end]) != 0)
                end++;
            if (end - start > 1)
            {
                int[] sorted = [.. characters[start..end].ToArray().OrderBy(Class)];
                sorted.CopyTo(characters[start..]);
            }
            start = end;
        }
    }

    /// <summary>Composes in place; the number of characters that are left.</summary>
    private static int Compose(Span<int> characters)
    {
        int starter = -1, count = 0, lastClass = -1;
        foreach (int character in characters)
        {
            int combiningClass = Class(character);
            // A mark is blocked from its starter by one of its own or a higher class between the two.
            if (starter >= 0 && lastClass < combiningClass && TryCompose(characters[starter], character, out int composite))
            {
                characters[starter] = composite;
                continue;
            }
            if (combiningClass == 0)
            {
                starter = count;
                lastClass = -1;
            }
            else
            {
                lastClass = combiningClass;
            }
            characters[count++] = character;
        }
        return count;
    }

    private static bool TryCompose(int first, int second, out int composite)
    {
        if ((uint)(first - LeadBase) < LeadCount && (uint)(second - VowelBase) < VowelCount)
        {
            composite = HangulBase + ((((first - LeadBase) * VowelCount) + second - VowelBase) * TrailCount);
            return true;
        }
        if ((uint)(first - HangulBase) < HangulCount && (first - HangulBase) % TrailCount == 0
            && (uint)(second - TrailBase - 1) < TrailCount - 1)
        {
            composite = first + second - TrailBase;
            return true;
        }
        return s_compositions.TryGetValue((first, second), out composite);
    }

    private static byte Class(int character) => character < 0x300 ? (byte)0 : s_classes.GetValueOrDefault(character);
}
