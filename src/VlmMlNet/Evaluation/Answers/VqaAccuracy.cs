namespace VlmMlNet.Evaluation.Answers;

/// <summary>The official accuracy of VQA (Antol et al. 2015): an answer that three other people gave is right, fewer make it
/// a third right each; averaged over leaving out each of the people, of whom there are ten.</summary>
internal static class VqaAccuracy
{
    /// <summary>The accuracy of an answer, 0 to 1; NaN where fewer than two people answered.</summary>
    /// <param name="prediction">The answer.</param>
    /// <param name="answers">People's answers. Where all are the same, the answer has to be just that: the official code
    /// normalizes only answers that differ.</param>
    /// <param name="normalizedPrediction">The answer, normalized.</param>
    /// <param name="normalizedAnswers">People's answers, normalized.</param>
    public static double Of(
        string prediction, IReadOnlyList<string> answers, string normalizedPrediction, IReadOnlyList<string> normalizedAnswers)
    {
        if (answers.Count < 2)
            return double.NaN;
        string first = VqaAnswer.Strip(answers[0]);
        if (answers.All(answer => VqaAnswer.Strip(answer) == first))
            return VqaAnswer.Strip(prediction) == first ? Right(answers.Count - 1) : 0;

        int matches = normalizedAnswers.Count(answer => answer == normalizedPrediction);
        double ofMatching = matches * Right(matches - 1);
        return (ofMatching + (answers.Count - matches) * Right(matches)) / answers.Count;
    }

    private static double Right(int matches) => Math.Min(1, matches / 3.0);
}
