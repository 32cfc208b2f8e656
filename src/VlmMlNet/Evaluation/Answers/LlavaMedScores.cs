namespace VlmMlNet.Evaluation.Answers;

/// <summary>Scores as LLaVA-Med's published script computes them for VQA-RAD, SLAKE and PathVQA. Beside the ones of
/// <see cref="AnswerMetrics"/>, because published numbers used them; each is the mean over its questions, NaN where there
/// are none. Only the first reference answer counts.</summary>
/// <remarks>Closed questions are those whose answer type is <c>CLOSED</c> or <c>yes/no</c> (in any case), the others are
/// open. What is odd in the script is kept: a closed answer is right when it contains the expected one anywhere, so that
/// <i>"not known"</i> is a right <i>no</i>; the exact match divides the expected words that occur by the number of words
/// given; in precision and recall a word counts as often as the answer repeats it. Not kept is that the script's first release
/// left wrong closed answers with a yes or no out of the count, which a later one put right; nor are there its scores that
/// need a list of candidate answers.</remarks>
/// <param name="ClosedAccuracy">Of closed questions, the part answered.</param>
/// <param name="OpenExactMatch">Of open questions, expected words that occur over words given.</param>
/// <param name="OpenF1">Harmonic mean of the next two.</param>
/// <param name="OpenPrecision">Precision over words.</param>
/// <param name="OpenRecall">Recall over words, which papers report as open accuracy.</param>
/// <param name="OpenBleu1">BLEU-1.</param>
public sealed record LlavaMedScores(
    double ClosedAccuracy, double OpenExactMatch, double OpenF1, double OpenPrecision, double OpenRecall, double OpenBleu1)
{
    internal static LlavaMedScores Of(IReadOnlyList<AnsweredQuestion> questions)
    {
        var closed = new List<double>();
        var open = new List<(double Exact, double F1, double Precision, double Recall, double Bleu1)>();
        foreach (AnsweredQuestion question in questions)
        {
            string expected = Normalize(question.Answers[0]);
            string given = Normalize(question.Prediction);
            if (IsClosed(question.AnswerType))
                closed.Add(IsRight(given, expected) ? 1 : 0);
            else
                open.Add(CompareOpen(given, expected));
        }
        return new LlavaMedScores(
            Mean(closed),
            Mean(open.Select(score => score.Exact)),
            Mean(open.Select(score => score.F1)),
            Mean(open.Select(score => score.Precision)),
            Mean(open.Select(score => score.Recall)),
            Mean(open.Select(score => score.Bleu1)));
    }

    /// <summary>Whether questions of the answer type are answered with yes or no.</summary>
    internal static bool IsClosed(string type) =>
        type.Equals("CLOSED", StringComparison.OrdinalIgnoreCase) || type.Equals("yes/no", StringComparison.OrdinalIgnoreCase);

    // The official VQA normalization of the lower-cased text, then without commas.
    private static string Normalize(string text) =>
        VqaAnswer.NormalizeWords(VqaAnswer.NormalizePunctuation(PennTreebank.LowerCase.Of(text))).Replace(",", "", StringComparison.Ordinal);

    private static bool IsRight(string given, string expected) =>
        (given.Contains("yes", StringComparison.Ordinal) || given.Contains("no", StringComparison.Ordinal))
        && given.Contains(expected, StringComparison.Ordinal);

    // The words are normalized a second time, but for BLEU.
    private static (double Exact, double F1, double Precision, double Recall, double Bleu1) CompareOpen(string given, string expected)
    {
        double bleu = AnswerComparison.Bleu1(given, [expected]);
        string[] words = PythonText.Split(Normalize(given));
        string[] wanted = PythonText.Split(Normalize(expected));
        if (words.Length == 0)
            return (0, 0, 0, 0, bleu);
        double exact = (double)wanted.Distinct().Count(words.Contains) / words.Length;
        double hits = words.Count(wanted.Contains);
        if (hits == 0)
            return (exact, 0, 0, 0, bleu);
        double precision = hits / words.Length;
        double recall = hits / (hits + wanted.Count(word => !words.Contains(word)));
        return (exact, 2 * precision * recall / (precision + recall), precision, recall, bleu);
    }

    private static double Mean(IEnumerable<double> scores) => scores.DefaultIfEmpty(double.NaN).Average();
}
