using VlmMlNet.Evaluation;

namespace VlmMlNet.Components.Recipes;

/// <summary>What one precision said beside float32, summed up over the batches.</summary>
internal sealed class PrecisionTally
{
    private const int Resamples = 1000;
    private const double Level = 0.95;
    private long _places, _agreeing, _prefixes;
    private double _divergence;
    private int _same;

    /// <summary>The answers, in the order of the data.</summary>
    public List<string> Answers { get; } = [];

    /// <summary>Places that were compared.</summary>
    public long Places => _places;

    /// <summary>Counts a place of a float32 answer.</summary>
    public void AddPlace(bool agrees, double divergence)
    {
        _places++;
        _agreeing += agrees ? 1 : 0;
        _divergence += divergence;
    }

    /// <summary>Counts an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="agreeing">Its tokens before the first that differs from float32's.</param>
    /// <param name="same">Whether none does.</param>
    public void AddAnswer(string answer, int agreeing, bool same)
    {
        Answers.Add(answer);
        _prefixes += agreeing;
        _same += same ? 1 : 0;
    }

    /// <summary>The comparison.</summary>
    /// <param name="precision">The precision.</param>
    /// <param name="scores">The score of each answer.</param>
    /// <param name="reference">The score of each of float32's answers.</param>
    public PrecisionQuality Close(WeightPrecision precision, double[] scores, double[] reference) => new(precision)
    {
        TokenAgreement = _agreeing / (double)_places,
        MeanDivergence = _divergence / _places,
        MeanAgreeingPrefix = _prefixes / (double)Answers.Count,
        SameAnswers = _same / (double)Answers.Count,
        Score = scores.Average(),
        ReferenceScore = reference.Average(),
        RelativeChangeInterval = Interval(scores, reference),
    };

    // The same rows are drawn for both: what they have in common does not widen the interval.
    private static ConfidenceInterval Interval(double[] scores, double[] reference)
    {
        var random = new Random(0);
        var changes = new double[Resamples];
        for (int i = 0; i < Resamples; i++)
        {
            double score = 0, sum = 0;
            for (int n = 0; n < scores.Length; n++)
            {
                int row = random.Next(scores.Length);
                score += scores[row];
                sum += reference[row];
            }
            changes[i] = score / sum - 1;
        }
        return Array.TrueForAll(changes, double.IsFinite) ? ConfidenceInterval.Of(changes, Level) : new ConfidenceInterval(double.NaN, double.NaN);
    }
}
