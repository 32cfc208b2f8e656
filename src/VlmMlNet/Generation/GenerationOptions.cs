namespace VlmMlNet.Generation;

/// <summary>How an answer is generated.</summary>
public sealed record GenerationOptions
{
    /// <summary>Most tokens of an answer. Default 64.</summary>
    public int MaxTokens { get; init; } = 64;

    /// <summary>Prompts decoded side by side. Default 8.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Most threads that decode on a CPU at once; null for as many as libtorch uses. Default null.</summary>
    public int? MaxThreads { get; init; }

    internal void Check()
    {
        if (MaxThreads is <= 0)
            throw new ArgumentException($"{nameof(GenerationOptions)}: {nameof(MaxThreads)} is {MaxThreads}; it must be positive.");
        if (MaxTokens <= 0)
            throw new ArgumentException($"{nameof(GenerationOptions)}: {nameof(MaxTokens)} is {MaxTokens}; it must be positive.");
        if (BatchSize <= 0)
            throw new ArgumentException($"{nameof(GenerationOptions)}: {nameof(BatchSize)} is {BatchSize}; it must be positive.");
    }
}
