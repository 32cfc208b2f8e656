using System.Text;

namespace VlmMlNet.Safetensors;

/// <summary>Tensor names and config values in messages: quoted, shortened, and with a guess at what was meant.</summary>
internal static class TensorName
{
    private const int MaxShown = 80, MaxCompared = 200, MaxCandidates = 20_000;

    /// <summary>The name in quotes, without control characters and not longer than a line.</summary>
    public static string Quote(string name)
    {
        var text = new StringBuilder("'");
        foreach (char c in name.AsSpan(0, Math.Min(name.Length, MaxShown)))
            text.Append(char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c);
        return text.Append(name.Length > MaxShown ? "...'" : "'").ToString();
    }

    /// <summary>The candidate that was probably meant: the same name with or without a prefix, or one that differs by a
    /// few letters; null when none is near.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        if (name.Length is 0 or > MaxCompared)
            return null;
        int limit = Math.Clamp(name.Length / 4, 1, 3);
        string? nearest = null;
        foreach (string candidate in candidates.Take(MaxCandidates)) // a bound on the work for a file that is all names
        {
            if (candidate.Length is 0 or > MaxCompared || candidate == name)
                continue;
            if (candidate.EndsWith('.' + name, StringComparison.Ordinal) || name.EndsWith('.' + candidate, StringComparison.Ordinal))
                return candidate;
            if (Math.Abs(candidate.Length - name.Length) <= limit && Distance(name, candidate) is int distance && distance <= limit)
            {
                limit = distance - 1; // only a nearer one replaces it
                nearest = candidate;
            }
        }
        return nearest;
    }

    /// <summary>The error about a tensor that a file does not have.</summary>
    public static MalformedInputException NoTensor(string source, string name, IEnumerable<string> names) =>
        new(source, $"there is no tensor {Quote(name)}", Nearest(name, names) is string near ? $"Did you mean {Quote(near)}?" : null);

    /// <summary>The error about a truth value other than 0 and 1.</summary>
    public static MalformedInputException BadBool(string source, string name) =>
        new(source, $"tensor {Quote(name)} of dtype BOOL holds a byte that is neither 0 nor 1", SafetensorsHeader.Damaged);

    // Levenshtein distance with one row.
    private static int Distance(string a, string b)
    {
        Span<int> row = stackalloc int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
            row[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
