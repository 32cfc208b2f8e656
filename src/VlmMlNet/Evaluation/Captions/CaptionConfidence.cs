namespace VlmMlNet.Evaluation.Captions;

/// <summary>How far the scores of <see cref="CaptionMetrics"/> would have varied with other images of the same kind: bootstrap
/// percentile intervals over the images.</summary>
/// <param name="Level">The probability that an interval stands for, such as 0.95.</param>
/// <param name="Resamples">How many times the images were drawn anew, with replacement.</param>
/// <param name="Cider">Of CIDEr-D, with the word weights of the original images.</param>
/// <param name="CiderPlain">Of plain CIDEr, likewise.</param>
/// <param name="Bleu1">Of corpus BLEU-1, computed anew from each draw's counts.</param>
/// <param name="Bleu2">Of BLEU-2.</param>
/// <param name="Bleu3">Of BLEU-3.</param>
/// <param name="Bleu4">Of BLEU-4.</param>
/// <param name="RougeL">Of ROUGE-L.</param>
public sealed record CaptionConfidence(
    double Level,
    int Resamples,
    ConfidenceInterval Cider,
    ConfidenceInterval CiderPlain,
    ConfidenceInterval Bleu1,
    ConfidenceInterval Bleu2,
    ConfidenceInterval Bleu3,
    ConfidenceInterval Bleu4,
    ConfidenceInterval RougeL);
