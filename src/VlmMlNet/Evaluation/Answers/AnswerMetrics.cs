namespace VlmMlNet.Evaluation.Answers;

/// <summary>How good answers to questions about pictures are beside people's.</summary>
/// <remarks>Made by <see cref="VisionLanguageCatalog.EvaluateAnswers"/> and <see cref="AnswerScorer.Score"/>.</remarks>
public sealed class AnswerMetrics
{
    private readonly Lazy<MajorityAnswer> _majorityAnswer;
    private readonly Lazy<LlavaMedScores> _llavaMed;
    private readonly Lazy<IReadOnlyDictionary<string, AnswerMetrics>> _perAnswerType;
    private readonly Lazy<IReadOnlyDictionary<string, AnswerMetrics>> _perQuestionType;

    internal AnswerMetrics(IReadOnlyList<AnsweredQuestion> questions)
        : this(questions, [.. questions.Select(question => question.Score())])
    {
    }

    private AnswerMetrics(IReadOnlyList<AnsweredQuestion> questions, AnswerScore[] scores)
    {
        PerQuestion = Array.AsReadOnly(scores);
        VqaAccuracy = scores.Average(score => score.VqaAccuracy);
        ExactMatch = scores.Average(score => score.ExactMatch);
        TokenF1 = scores.Average(score => score.TokenF1);
        TokenRecall = scores.Average(score => score.TokenRecall);
        Bleu1 = scores.Average(score => score.Bleu1);
        YesNoCount = scores.Count(score => score.YesNo is not null);
        YesNoAccuracy = scores.Where(score => score.YesNo is not null).Select(score => score.YesNo!.Value).DefaultIfEmpty(double.NaN).Average();
        _majorityAnswer = new(() => Majority(questions));
        _llavaMed = new(() => LlavaMedScores.Of(questions));
        _perAnswerType = new(() => Split(questions, scores, question => question.AnswerType));
        _perQuestionType = new(() => Split(questions, scores, question => question.QuestionType));
    }

    /// <summary>The official VQA accuracy, 0 to 1, made for ten reference answers a question. NaN where a question has fewer
    /// than two.</summary>
    public double VqaAccuracy { get; }

    /// <summary>The part of the answers that equal a reference, both normalized.</summary>
    public double ExactMatch { get; }

    /// <summary>The mean F1 over words, of the best reference.</summary>
    public double TokenF1 { get; }

    /// <summary>The mean part of a reference's words that the answer has, of the best reference.</summary>
    public double TokenRecall { get; }

    /// <summary>The mean BLEU-1 of the single answers.</summary>
    public double Bleu1 { get; }

    /// <summary>Of the questions that people answer with yes or no, the part whose answer has the same word first, as a whole
    /// word. NaN where there are none.</summary>
    public double YesNoAccuracy { get; }

    /// <summary>How many questions people answer with yes or no.</summary>
    public int YesNoCount { get; }

    /// <summary>How many questions were scored.</summary>
    public int QuestionCount => PerQuestion.Count;

    /// <summary>Each question's scores, in the order of the data.</summary>
    public IReadOnlyList<AnswerScore> PerQuestion { get; }

    /// <summary>What is reached without looking: the answer that people gave oftenest, given to every question. Computed when
    /// first asked for.</summary>
    public MajorityAnswer MajorityAnswer => _majorityAnswer.Value;

    /// <summary>What LLaVA-Med's script prints for these answers. Computed when first asked for.</summary>
    public LlavaMedScores LlavaMed => _llavaMed.Value;

    /// <summary>The same metrics for each answer type. Where the data has no such column the types are those of VQA:
    /// <c>yes/no</c>, <c>number</c> and <c>other</c>, by what people answered.</summary>
    public IReadOnlyDictionary<string, AnswerMetrics> PerAnswerType => _perAnswerType.Value;

    /// <summary>The same metrics for each question type; empty where the data has no such column.</summary>
    public IReadOnlyDictionary<string, AnswerMetrics> PerQuestionType => _perQuestionType.Value;

    /// <summary>Bootstrap percentile intervals: questions are drawn with replacement, as many as there are.</summary>
    /// <param name="resamples">How many draws.</param>
    /// <param name="level">The probability that the intervals stand for.</param>
    /// <param name="seed">The same seed draws the same questions.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no draws, or the level is not between 0 and 1.</exception>
    public AnswerConfidence Bootstrap(int resamples = 1000, double level = 0.95, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(level, 1);
        var random = new Random(seed);
        double[][] means = [.. Enumerable.Range(0, 5).Select(_ => new double[resamples])];
        for (int i = 0; i < resamples; i++)
        {
            for (int n = 0; n < QuestionCount; n++)
            {
                AnswerScore score = PerQuestion[random.Next(QuestionCount)];
                means[0][i] += score.VqaAccuracy;
                means[1][i] += score.ExactMatch;
                means[2][i] += score.TokenF1;
                means[3][i] += score.TokenRecall;
                means[4][i] += score.Bleu1;
            }
            foreach (double[] values in means)
                values[i] /= QuestionCount;
        }
        ConfidenceInterval[] intervals = [.. means.Select(values => ConfidenceInterval.Of(values, level))];
        if (double.IsNaN(VqaAccuracy))
            intervals[0] = new ConfidenceInterval(double.NaN, double.NaN);
        return new AnswerConfidence(level, resamples, intervals[0], intervals[1], intervals[2], intervals[3], intervals[4]);
    }

    private static MajorityAnswer Majority(IReadOnlyList<AnsweredQuestion> questions)
    {
        string answer = Commonness.First(questions.SelectMany(question => question.Normalized));
        return new MajorityAnswer(
            answer,
            questions.Average(question => Answers.VqaAccuracy.Of(answer, question.Answers, answer, question.Normalized)),
            questions.Average(question => question.Normalized.Contains(answer) ? 1.0 : 0));
    }

    private static IReadOnlyDictionary<string, AnswerMetrics> Split(
        IReadOnlyList<AnsweredQuestion> questions, AnswerScore[] scores, Func<AnsweredQuestion, string?> key) =>
        Enumerable.Range(0, scores.Length)
            .Where(i => key(questions[i]) is not null)
            .GroupBy(i => key(questions[i])!)
            .ToDictionary(
                group => group.Key,
                group => new AnswerMetrics([.. group.Select(i => questions[i])], [.. group.Select(i => scores[i])]))
            .AsReadOnly();
}
