namespace VlmMlNet.Evaluation.Captions;

/// <summary>Scores captions that are at hand as strings.</summary>
public static class CaptionScorer
{
    /// <summary>Scores one caption per image against the image's references.</summary>
    /// <param name="captions">The captions; null or an empty text is a caption that says nothing, and scores nothing.</param>
    /// <param name="references">For each caption at least one reference. Their number may differ from image to image.</param>
    /// <param name="ids">Each image's id, for <see cref="CaptionScore.Id"/>; null for none.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    /// <exception cref="MalformedInputException">There are no captions, or an image has no reference.</exception>
    public static CaptionMetrics Score(
        IReadOnlyList<string?> captions, IReadOnlyList<IReadOnlyList<string?>> references, IReadOnlyList<string?>? ids = null)
    {
        ArgumentNullException.ThrowIfNull(captions);
        ArgumentNullException.ThrowIfNull(references);
        if (ids is not null && ids.Count != captions.Count)
            throw new ArgumentException($"There are {captions.Count} captions for {ids.Count} ids.", nameof(ids));
        return new CaptionMetrics(CaptionCorpus.Build(captions, references), ids);
    }
}
