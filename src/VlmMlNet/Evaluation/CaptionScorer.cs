namespace VlmMlNet.Evaluation;

/// <summary>Scores captions that are at hand as strings.</summary>
public static class CaptionScorer
{
    /// <summary>Scores one caption per image against the image's references.</summary>
    /// <param name="captions">The captions; null or an empty text is a caption that says nothing, and scores nothing.</param>
    /// <param name="references">For each caption at least one reference. Their number may differ from image to image.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    /// <exception cref="MalformedInputException">There are no captions, or an image has no reference.</exception>
    public static CaptionMetrics Score(IReadOnlyList<string?> captions, IReadOnlyList<IReadOnlyList<string?>> references)
    {
        ArgumentNullException.ThrowIfNull(captions);
        ArgumentNullException.ThrowIfNull(references);
        return new CaptionMetrics(CaptionCorpus.Build(captions, references));
    }
}
