namespace VlmMlNet.Generation;

/// <summary>How an answer is generated.</summary>
public sealed record GenerationOptions
{
    /// <summary>Most tokens of an answer. Default 64.</summary>
    public int MaxTokens { get; init; } = 64;

    /// <summary>Prompts decoded side by side. Default 8.</summary>
    public int BatchSize { get; init; } = 8;

    internal void Check()
    {
        if (MaxTokens <= 0)
            throw new ArgumentException($"{nameof(GenerationOptions)}: {nameof(MaxTokens)} is {MaxTokens}; it must be positive.");
        if (BatchSize <= 0)
            throw new ArgumentException($"{nameof(GenerationOptions)}: {nameof(BatchSize)} is {BatchSize}; it must be positive.");
    }
}
