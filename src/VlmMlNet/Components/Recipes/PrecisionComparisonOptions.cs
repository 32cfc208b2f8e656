using VlmMlNet.Generation;

namespace VlmMlNet.Components.Recipes;

/// <summary>How precisions are compared.</summary>
public sealed record PrecisionComparisonOptions
{
    /// <summary>Most rows that are looked at, from the start; null for all. Default null.</summary>
    public int? Limit { get; init; }

    /// <inheritdoc cref="GenerationOptions.MaxTokens"/>
    public int MaxTokens { get; init; } = 64;

    /// <summary>Pictures side by side, 1,000 at most. Default 8.</summary>
    public int BatchSize { get; init; } = 8;

    /// <inheritdoc cref="GenerationOptions.MaxThreads"/>
    public int? MaxThreads { get; init; }

    /// <summary>What captions answer. Null: <see cref="VisionLanguageModel.CaptionPrompt"/>. Default null.</summary>
    public string? CaptionPrompt { get; init; }

    /// <summary>Whether rows with unreadable pictures, and captions or questions without picture or answer, are left out, instead of
    /// ending the comparison. Default false.</summary>
    public bool SkipUnreadableImages { get; init; }

    /// <summary>Receives why a row is left out. Default none.</summary>
    public Action<string>? RowSkipped { get; init; }

    /// <summary>Receives the rows done and planned. Default none.</summary>
    public Action<long, long>? Progress { get; init; }

    /// <summary>Ends the work between two tokens. Default none.</summary>
    public CancellationToken CancellationToken { get; init; }

    internal GenerationOptions Generation => new() { MaxTokens = MaxTokens, BatchSize = BatchSize, MaxThreads = MaxThreads };

    internal void Check()
    {
        if (Limit is <= 0)
            throw new ArgumentException($"{nameof(PrecisionComparisonOptions)}: {nameof(Limit)} is {Limit}; it must be positive.");
        Generation.Check();
        if (CaptionPrompt is { } prompt)
            ArgumentException.ThrowIfNullOrWhiteSpace(prompt, nameof(CaptionPrompt));
    }
}
