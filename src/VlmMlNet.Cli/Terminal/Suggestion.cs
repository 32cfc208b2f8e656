namespace VlmMlNet.Cli.Terminal;

/// <summary>What somebody meant who wrote a name that does not exist.</summary>
internal static class Suggestion
{
    private const int LettersPerMistake = 3;

    /// <summary>" Did you mean ...?", or nothing where no name is near.</summary>
    /// <param name="written">What was written.</param>
    /// <param name="names">The names that exist.</param>
    public static string For(string written, IEnumerable<string> names)
    {
        string? nearest = names.Where(name => name.Length > 1 && written.Length > 1)
            .Select(name => (Name: name, Distance: name.StartsWith(written, StringComparison.OrdinalIgnoreCase) && written.TrimStart('-').Length > 1 ? 0 : Distance(written, name)))
            .Where(near => near.Distance <= Math.Max(1, near.Name.TrimStart('-').Length / LettersPerMistake))
            .OrderBy(near => near.Distance).Select(near => near.Name).FirstOrDefault();
        return nearest is null ? "" : $" Did you mean '{nearest}'?";
    }

    // Letters to add, to leave out, to replace or to swap with their neighbour (Damerau 1964, optimal string alignment).
    private static int Distance(string a, string b)
    {
        (a, b) = (a.ToLowerInvariant(), b.ToLowerInvariant());
        var rows = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }
                int replaced = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, 1 + Math.Min(rows[i - 1, j], rows[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        return rows[a.Length, b.Length];
    }
}
