namespace VlmMlNet.Text.Tokenizer;

/// <summary>Turns pairs of tokens into pairs of ids.</summary>
internal static class MergeTable
{
    /// <summary>Splits <c>left right</c>; false where there is not exactly one space between two tokens.</summary>
    public static bool TrySplit(string line, out (string Left, string Right) merge)
    {
        int space = line.IndexOf(' ');
        bool isPair = space > 0 && space < line.Length - 1 && line.IndexOf(' ', space + 1) < 0;
        merge = isPair ? (line[..space], line[(space + 1)..]) : default;
        return isPair;
    }

    /// <summary>Resolves the tokens. Of equal pairs the last counts, as in the reference.</summary>
    /// <exception cref="MalformedInputException">A merge names or makes a token that the vocabulary lacks.</exception>
    public static IReadOnlyList<(int Left, int Right)> Resolve(
        IReadOnlyList<(string Left, string Right)> merges, Dictionary<string, int> vocabulary, string source, int firstRow = 0)
    {
        var resolved = new List<(int Left, int Right)>(merges.Count);
        var ranks = new Dictionary<(int Left, int Right), int>(merges.Count);
        bool hasRepeats = false;
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        char[] joined = new char[256];
        foreach ((string left, string right) in merges)
        {
            int length = left.Length + right.Length;
            if (length > joined.Length)
                joined = new char[2 * length];
            left.CopyTo(joined);
            right.CopyTo(joined.AsSpan(left.Length));
            if (!vocabulary.TryGetValue(left, out int leftId))
                throw Unknown(left);
            if (!vocabulary.TryGetValue(right, out int rightId))
                throw Unknown(right);
            if (!lookup.ContainsKey(joined.AsSpan(0, length)))
                throw Unknown(left + right);
            hasRepeats |= !ranks.TryAdd((leftId, rightId), resolved.Count);
            if (hasRepeats)
                ranks[(leftId, rightId)] = resolved.Count;
            resolved.Add((leftId, rightId));

            MalformedInputException Unknown(string token) =>
                new(source, $"the merge '{left} {right}' needs the token '{token}', which the vocabulary lacks", "Use the vocabulary and the merges of one model.", firstRow + resolved.Count);
        }
        return hasRepeats ? [.. resolved.Where((pair, rank) => ranks[pair] == rank)] : resolved;
    }
}
