namespace VlmMlNet.Generation;

/// <summary>An answer, with how it came about.</summary>
public sealed record GeneratedAnswer
{
    /// <summary>The answer, without special tokens, stop sequence and surrounding white space.</summary>
    public required string Text { get; init; }

    /// <summary>The tokens that the model generated, with the one that ended the answer and those of a stop sequence.</summary>
    public required IReadOnlyList<int> TokenIds { get; init; }

    /// <summary>Why it ended.</summary>
    public required FinishReason FinishReason { get; init; }

    /// <summary>The natural logarithm of each token's probability, as the model gives it: before temperature, penalties and the
    /// choice of likely tokens. Null unless <see cref="GenerationOptions.LogProbabilities"/> asks for them.</summary>
    public IReadOnlyList<float>? TokenLogProbabilities { get; init; }

    /// <summary>What beams are compared by; null without beams. See <see cref="GenerationOptions.LengthPenalty"/>.</summary>
    public double? Score { get; init; }

    /// <summary>Number of <see cref="TokenIds"/>.</summary>
    public int TokenCount => TokenIds.Count;

    /// <summary>The natural logarithm of the answer's probability: the sum of <see cref="TokenLogProbabilities"/>, null without them.</summary>
    public double? LogProbability => TokenLogProbabilities?.Sum(value => (double)value);
}
