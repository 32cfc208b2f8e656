namespace VlmMlNet.Evaluation.Answers;

/// <summary>The scores of one question's answer. All but <paramref name="VqaAccuracy"/> compare normalized answers
/// (<see cref="VqaAnswer.Normalize"/>) and, where there are several reference answers, take the best.</summary>
/// <param name="Row">The zero-based row of the question among those that were scored.</param>
/// <param name="AnswerType">The question's answer type.</param>
/// <param name="QuestionType">The question's type; null where the data has none.</param>
/// <param name="VqaAccuracy">The official VQA accuracy, made for ten reference answers; NaN for fewer than two.</param>
/// <param name="ExactMatch">1 where the answer is one of the references, else 0.</param>
/// <param name="TokenF1">Harmonic mean of precision and recall over words.</param>
/// <param name="TokenRecall">The part of the reference's words that the answer has.</param>
/// <param name="Bleu1">The part of the answer's words that a reference has, less where the answer is shorter than the
/// closest reference.</param>
/// <param name="YesNo">1 where the reference is yes or no and the first of these words in the answer is the same, 0 where it
/// is not; null where the reference is neither.</param>
public sealed record AnswerScore(
    int Row,
    string AnswerType,
    string? QuestionType,
    double VqaAccuracy,
    double ExactMatch,
    double TokenF1,
    double TokenRecall,
    double Bleu1,
    double? YesNo)
{
    /// <summary>The question's id; null where the data has none.</summary>
    public string? Id { get; init; }
}
