namespace VlmMlNet.Evaluation.Captions;

/// <summary>What BLEU (Papineni et al. 2002) needs to know about captions: n-grams shared with the references, n-grams in
/// all, and the lengths. Those of several captions add up.</summary>
/// <remarks>Computed as pycocoevalcap does, constants against division by zero included.</remarks>
internal struct BleuCounts
{
    private const double Small = 1e-9;
    private const double Tiny = 1e-15;

    public (int One, int Two, int Three, int Four) Correct;
    public (int One, int Two, int Three, int Four) Guessed;
    public int Length;
    public int ReferenceLength;

    public readonly BleuCounts Add(in BleuCounts other) => new()
    {
        Correct = (Correct.One + other.Correct.One, Correct.Two + other.Correct.Two, Correct.Three + other.Correct.Three, Correct.Four + other.Correct.Four),
        Guessed = (Guessed.One + other.Guessed.One, Guessed.Two + other.Guessed.Two, Guessed.Three + other.Guessed.Three, Guessed.Four + other.Guessed.Four),
        Length = Length + other.Length,
        ReferenceLength = ReferenceLength + other.ReferenceLength,
    };

    /// <summary>BLEU-1 to BLEU-4.</summary>
    public readonly (double One, double Two, double Three, double Four) Scores()
    {
        double ratio = (Length + Tiny) / (ReferenceLength + Small);
        double penalty = ratio < 1 ? Math.Exp(1 - 1 / ratio) : 1;
        double one = Precision(Correct.One, Guessed.One);
        double two = one * Precision(Correct.Two, Guessed.Two);
        double three = two * Precision(Correct.Three, Guessed.Three);
        double four = three * Precision(Correct.Four, Guessed.Four);
        return (penalty * one, penalty * Math.Sqrt(two), penalty * Math.Pow(three, 1.0 / 3), penalty * Math.Pow(four, 1.0 / 4));
    }

    private static double Precision(int correct, int guessed) => (correct + Tiny) / (guessed + Small);
}
