namespace VlmMlNet.Evaluation.Answers;

/// <summary>A question's answers by people and by a model.</summary>
/// <param name="Row">The zero-based row in the data.</param>
/// <param name="Prediction">The model's answer.</param>
/// <param name="Answers">People's answers, at least one.</param>
/// <param name="Normalized">People's answers as they are compared.</param>
/// <param name="AnswerType">The answer type.</param>
/// <param name="QuestionType">The question's type, where there is one.</param>
/// <param name="Id">The question's id, where there is one.</param>
internal sealed record AnsweredQuestion(
    int Row, string Prediction, IReadOnlyList<string> Answers, IReadOnlyList<string> Normalized, string AnswerType, string? QuestionType, string? Id)
{
    /// <summary>The types of VQA: yes/no, number or other, by the commonest of people's normalized answers.</summary>
    public static string TypeOf(IReadOnlyList<string> normalized) =>
        Commonness.First(normalized) switch
        {
            "yes" or "no" => "yes/no",
            { Length: > 0 } text when text.All(char.IsAsciiDigit) => "number",
            _ => "other",
        };

    /// <summary>Scores the model's answer.</summary>
    public AnswerScore Score()
    {
        string normalized = VqaAnswer.Normalize(Prediction);
        (double f1, double recall) = AnswerComparison.Overlap(normalized, Normalized);
        return new AnswerScore(
            Row,
            AnswerType,
            QuestionType,
            VqaAccuracy.Of(Prediction, Answers, normalized, Normalized),
            Normalized.Contains(normalized) ? 1 : 0,
            f1,
            recall,
            AnswerComparison.Bleu1(normalized, Normalized),
            AnswerComparison.YesNo(normalized, Commonness.First(Normalized))) { Id = Id };
    }
}
