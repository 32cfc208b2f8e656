namespace VlmMlNet.Tests.Generation;

/// <summary>Hugging Face's definitions in the plainest way, in double precision, over sorted whole vocabularies.</summary>
internal static class ReferenceDecoding
{
    public static double[] LogSoftmax(IReadOnlyList<double> logits)
    {
        double largest = logits.Max(), normalizer = largest + Math.Log(logits.Sum(l => Math.Exp(l - largest)));
        return [.. logits.Select(l => l - normalizer)];
    }

    public static double[] Penalise(IReadOnlyList<double> scores, IEnumerable<int> seen, double penalty)
    {
        double[] result = [.. scores];
        foreach (int id in seen.Where(id => id >= 0).Distinct())
            result[id] = result[id] < 0 ? result[id] * penalty : result[id] / penalty;
        return result;
    }

    /// <summary>Probabilities of the tokens that may be drawn; 0 for others.</summary>
    public static double[] Probabilities(IReadOnlyList<double> logits, double temperature, int? topK, double topP)
    {
        double[] scores = [.. logits.Select(l => l / temperature)];
        if (topK is { } k && k < scores.Length)
        {
            double least = scores.OrderDescending().ElementAt(k - 1);
            scores = [.. scores.Select(s => s >= least ? s : double.NegativeInfinity)];
        }
        double[] probabilities = [.. LogSoftmax(scores).Select(Math.Exp)];
        double before = 0;
        foreach (int id in Enumerable.Range(0, scores.Length).OrderByDescending(i => probabilities[i]).ThenBy(i => i))
        {
            double own = probabilities[id];
            if (before >= topP)
                probabilities[id] = 0;
            before += own;
        }
        double total = probabilities.Sum();
        return [.. probabilities.Select(p => p / total)];
    }

    public static int Draw(double[] probabilities, double random)
    {
        for (int id = 0; id < probabilities.Length; id++)
            if ((random -= probabilities[id]) < 0)
                return id;
        return Array.FindLastIndex(probabilities, p => p > 0);
    }
}
