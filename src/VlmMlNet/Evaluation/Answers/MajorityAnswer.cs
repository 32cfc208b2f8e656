namespace VlmMlNet.Evaluation.Answers;

/// <summary>One answer given to every question: the one that people gave oftenest.</summary>
/// <param name="Text">The answer, normalized.</param>
/// <param name="VqaAccuracy">The official VQA accuracy that it reaches; NaN where a question has fewer than two answers.</param>
/// <param name="ExactMatch">The part of the questions that it answers.</param>
public sealed record MajorityAnswer(string Text, double VqaAccuracy, double ExactMatch);
