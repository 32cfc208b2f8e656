using VlmMlNet.Models.Qwen2;

namespace VlmMlNet.Generation;

/// <summary>The most that can be asked for: far above what anybody needs, and below where a slip of the pen takes all memory.</summary>
internal static class GenerationLimits
{
    public const int MaxTokens = 1 << 20;
    public const int TopK = 1_000_000; // no vocabulary is as large
    public const int NumBeams = 1000;
    public const int NumAnswers = 1000;
    public const int BatchSize = 1000;
    public const int StopSequences = 100;
    public const int StopLength = 1000;
    public const double Temperature = 1_000_000; // all tokens are as likely long before
    public const double LengthPenalty = 100; // a power of the number of tokens, which has to stay finite
    public const double LeastRepetitionPenalty = 0.001, RepetitionPenalty = 1000; // logits stay finite

    // Rotary positions have no table that ends: a model with few of them goes on, worse and worse.
    private const int FewestPositions = 1024, FewestPositionsOfPrompts = 4096;

    /// <summary>Checks what depends on the model: its positions hold the longest answer, and the prompt.</summary>
    /// <param name="options">How answers are generated.</param>
    /// <param name="config">The language model's shape.</param>
    /// <param name="promptTokens">Tokens of a prompt, pictures included; 0 before there is one.</param>
    /// <exception cref="ArgumentException">They do not.</exception>
    public static void Check(GenerationOptions options, Qwen2Config config, int promptTokens)
    {
        int positions = Math.Max(config.MaxPositionEmbeddings, FewestPositions);
        GenerationOptions.Require(options.MaxTokens <= positions, nameof(GenerationOptions.MaxTokens), options.MaxTokens, $"the model has {positions} positions: it must be at most that");
        positions = Math.Max(positions, FewestPositionsOfPrompts);
        if (promptTokens > positions)
            throw new ArgumentException($"A prompt has {promptTokens} tokens, its picture's included; the model takes at most {positions}. Shorten it.");
    }
}
