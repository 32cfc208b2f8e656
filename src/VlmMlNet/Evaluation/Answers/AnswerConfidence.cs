namespace VlmMlNet.Evaluation.Answers;

/// <summary>How far the scores of <see cref="AnswerMetrics"/> would have varied with other questions of the same kind:
/// bootstrap percentile intervals over the questions.</summary>
/// <param name="Level">The probability that an interval stands for, such as 0.95.</param>
/// <param name="Resamples">How many times the questions were drawn anew, with replacement.</param>
/// <param name="VqaAccuracy">Of the official VQA accuracy; NaN where that is.</param>
/// <param name="ExactMatch">Of the exact match.</param>
/// <param name="TokenF1">Of the words' F1.</param>
/// <param name="TokenRecall">Of the words' recall.</param>
/// <param name="Bleu1">Of BLEU-1.</param>
public sealed record AnswerConfidence(
    double Level,
    int Resamples,
    ConfidenceInterval VqaAccuracy,
    ConfidenceInterval ExactMatch,
    ConfidenceInterval TokenF1,
    ConfidenceInterval TokenRecall,
    ConfidenceInterval Bleu1);
