namespace VlmMlNet.Evaluation.Captions;

/// <summary>The scores of one image's caption.</summary>
/// <param name="Row">The zero-based row of the image among those that were scored.</param>
/// <param name="Cider">CIDEr-D, 0 to 10, on a scale where people's own captions average near 1; its word weights come from
/// all evaluated references.</param>
/// <param name="CiderPlain">CIDEr without clipping and without regard for length.</param>
/// <param name="Bleu1">BLEU-1 of this caption alone, 0 to 1. The total is not the mean of these.</param>
/// <param name="Bleu2">BLEU-2.</param>
/// <param name="Bleu3">BLEU-3.</param>
/// <param name="Bleu4">BLEU-4.</param>
/// <param name="RougeL">ROUGE-L, 0 to 1.</param>
public readonly record struct CaptionScore(
    int Row, double Cider, double CiderPlain, double Bleu1, double Bleu2, double Bleu3, double Bleu4, double RougeL)
{
    /// <summary>The image's id; null where the data has none.</summary>
    public string? Id { get; init; }
}
