namespace VlmMlNet.Components.Recipes;

/// <summary>How precisions are compared.</summary>
public sealed record PrecisionComparisonOptions
{
    /// <summary>Most rows that are looked at, from the start; null for all. Default null.</summary>
    public int? Limit { get; init; }

    /// <summary>Most tokens of an answer. Default 64.</summary>
    public int MaxTokens { get; init; } = 64;

    /// <summary>Pictures side by side. Default 8.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Most threads that generate on a CPU at once; null for as many as libtorch uses. Default null.</summary>
    public int? MaxThreads { get; init; }

    /// <summary>What captions answer. Null: <see cref="VisionLanguageModel.CaptionPrompt"/>. Default null.</summary>
    public string? CaptionPrompt { get; init; }

    /// <summary>Whether rows with unreadable pictures are left out, instead of ending the comparison. Default false.</summary>
    public bool SkipUnreadableImages { get; init; }

    /// <summary>Receives why a row is left out. Default none.</summary>
    public Action<string>? RowSkipped { get; init; }

    /// <summary>Receives the rows done and planned. Default none.</summary>
    public Action<long, long>? Progress { get; init; }

    /// <summary>Ends the work between two tokens. Default none.</summary>
    public CancellationToken CancellationToken { get; init; }

    internal void Check()
    {
        if (Limit is <= 0)
            throw new ArgumentException($"{nameof(PrecisionComparisonOptions)}: {nameof(Limit)} is {Limit}; it must be positive.");
        if (MaxTokens <= 0)
            throw new ArgumentException($"{nameof(PrecisionComparisonOptions)}: {nameof(MaxTokens)} is {MaxTokens}; it must be positive.");
        if (BatchSize <= 0)
            throw new ArgumentException($"{nameof(PrecisionComparisonOptions)}: {nameof(BatchSize)} is {BatchSize}; it must be positive.");
        if (MaxThreads is <= 0)
            throw new ArgumentException($"{nameof(PrecisionComparisonOptions)}: {nameof(MaxThreads)} is {MaxThreads}; it must be positive.");
        if (CaptionPrompt is { } prompt)
            ArgumentException.ThrowIfNullOrWhiteSpace(prompt, nameof(CaptionPrompt));
    }
}
