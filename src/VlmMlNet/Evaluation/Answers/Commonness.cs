namespace VlmMlNet.Evaluation.Answers;

/// <summary>Finds the commonest of texts.</summary>
internal static class Commonness
{
    /// <summary>The commonest text; of equally common ones that which occurs first.</summary>
    public static string First(IEnumerable<string> texts)
    {
        var counts = new OrderedDictionary<string, int>(StringComparer.Ordinal);
        foreach (string text in texts)
            counts[text] = counts.GetValueOrDefault(text) + 1;
        return counts.MaxBy(pair => pair.Value).Key;
    }
}
