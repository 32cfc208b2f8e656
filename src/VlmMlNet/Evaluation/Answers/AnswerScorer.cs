namespace VlmMlNet.Evaluation.Answers;

/// <summary>Scores answers that are at hand as strings.</summary>
public static class AnswerScorer
{
    /// <summary>Scores one answer per question against people's answers.</summary>
    /// <param name="predictions">The answers; null or an empty text answers nothing.</param>
    /// <param name="answers">For each question at least one reference answer; ten for the official VQA accuracy.</param>
    /// <param name="answerTypes">Each question's answer type, such as <c>yes/no</c> or <c>CLOSED</c>; null, or an entry that is
    /// null or empty, for the types of VQA by what people answered.</param>
    /// <param name="questionTypes">Each question's type; null, or an entry that is null or empty, for none.</param>
    /// <param name="ids">Each question's id, for <see cref="AnswerScore.Id"/>; null for none.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    /// <exception cref="MalformedInputException">There are no questions, or one has no reference answer.</exception>
    public static AnswerMetrics Score(
        IReadOnlyList<string?> predictions,
        IReadOnlyList<IReadOnlyList<string?>> answers,
        IReadOnlyList<string?>? answerTypes = null,
        IReadOnlyList<string?>? questionTypes = null,
        IReadOnlyList<string?>? ids = null)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(answers);
        CheckLength(predictions, answers.Count, "lists of answers", nameof(answers));
        if (answerTypes is not null)
            CheckLength(predictions, answerTypes.Count, "answer types", nameof(answerTypes));
        if (questionTypes is not null)
            CheckLength(predictions, questionTypes.Count, "question types", nameof(questionTypes));
        if (ids is not null)
            CheckLength(predictions, ids.Count, "ids", nameof(ids));
        if (predictions.Count == 0)
            throw new MalformedInputException("evaluated answers", "there are no rows", "Check the filter or the split that the data came from.");

        var normalForms = new Dictionary<string, string>(StringComparer.Ordinal);     // few answers are given once
        var questions = new AnsweredQuestion[predictions.Count];
        for (int i = 0; i < questions.Length; i++)
        {
            string[] given = [.. answers[i].Select(answer => answer ?? "")];
            if (given.Length == 0)
                throw new MalformedInputException("evaluated answers", "the question has no reference answer", "Every row needs at least one.", i);
            string[] normalized = [.. given.Select(Normalize)];
            string type = answerTypes?[i] is { Length: > 0 } known ? known : AnsweredQuestion.TypeOf(normalized);
            string? questionType = questionTypes?[i] is { Length: > 0 } kind ? kind : null;
            questions[i] = new AnsweredQuestion(i, predictions[i] ?? "", given, normalized, type, questionType, ids?[i]);
        }
        return new AnswerMetrics(questions);

        string Normalize(string answer)
        {
            if (!normalForms.TryGetValue(answer, out string? normalized))
                normalForms.Add(answer, normalized = VqaAnswer.Normalize(answer));
            return normalized;
        }
    }

    private static void CheckLength(IReadOnlyList<string?> predictions, int count, string what, string parameter)
    {
        if (predictions.Count != count)
            throw new ArgumentException($"There are {predictions.Count} predictions for {count} {what}.", parameter);
    }
}
