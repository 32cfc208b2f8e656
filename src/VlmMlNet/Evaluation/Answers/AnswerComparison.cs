namespace VlmMlNet.Evaluation.Answers;

/// <summary>Compares one normalized answer with normalized references, word by word.</summary>
internal static class AnswerComparison
{
    /// <summary>The best F1 and the best recall over the references.</summary>
    public static (double F1, double Recall) Overlap(string answer, IReadOnlyList<string> references)
    {
        string[] given = PythonText.Split(answer);
        double bestF1 = 0, bestRecall = 0;
        foreach (string reference in references.Distinct(StringComparer.Ordinal))
        {
            string[] expected = PythonText.Split(reference);
            if (expected.Length == 0 || given.Length == 0)
            {
                double empty = expected.Length == given.Length ? 1 : 0;
                (bestF1, bestRecall) = (Math.Max(bestF1, empty), Math.Max(bestRecall, empty));
                continue;
            }
            int common = Common(given, [expected]);
            double recall = (double)common / expected.Length;
            bestRecall = Math.Max(bestRecall, recall);
            bestF1 = Math.Max(bestF1, 2.0 * common / (given.Length + expected.Length));
        }
        return (bestF1, bestRecall);
    }

    /// <summary>BLEU-1 of a sentence: no smoothing, the closest reference's length.</summary>
    public static double Bleu1(string answer, IReadOnlyList<string> references)
    {
        string[] given = PythonText.Split(answer);
        if (given.Length == 0)
            return 0;
        string[][] expected = [.. references.Distinct(StringComparer.Ordinal).Select(PythonText.Split)];
        int closest = expected.Select(words => words.Length).OrderBy(length => Math.Abs(length - given.Length)).ThenBy(length => length).First();
        double penalty = given.Length > closest ? 1 : Math.Exp(1 - (double)closest / given.Length);
        return penalty * Common(given, expected) / given.Length;
    }

    /// <summary>Whether the first yes or no among the answer's words is the expected one; null where none is expected.</summary>
    public static double? YesNo(string answer, string expected)
    {
        if (expected is not ("yes" or "no"))
            return null;
        int start = 0;
        for (int i = 0; i <= answer.Length; i++)
        {
            if (i < answer.Length && char.IsLetterOrDigit(answer[i]))
                continue;
            ReadOnlySpan<char> word = answer.AsSpan(start, i - start);
            if (word is "yes" or "no")
                return word.SequenceEqual(expected) ? 1 : 0;
            start = i + 1;
        }
        return 0;
    }

    // How many of the words a reference has too, each as often as the reference that has it oftenest.
    private static int Common(string[] given, string[][] references)
    {
        var limits = new Dictionary<string, int>();
        foreach (string[] reference in references)
        {
            foreach (IGrouping<string, string> word in reference.GroupBy(word => word))
                limits[word.Key] = Math.Max(limits.GetValueOrDefault(word.Key), word.Count());
        }
        int common = 0;
        foreach (string word in given)
        {
            if (limits.GetValueOrDefault(word) == 0)
                continue;
            limits[word]--;
            common++;
        }
        return common;
    }
}
