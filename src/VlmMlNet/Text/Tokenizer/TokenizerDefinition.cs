namespace VlmMlNet.Text.Tokenizer;

/// <summary>What a byte-level BPE tokenizer is made of, as its files hold it.</summary>
internal sealed class TokenizerDefinition
{
    /// <summary>Ids from here on are taken for damage: tables are as long as the highest id.</summary>
    public const int IdLimit = 1 << 22;

    /// <summary>The file, or a name for bytes without one.</summary>
    public required string Source { get; init; }

    /// <summary>The model's tokens in the byte alphabet, with their ids.</summary>
    public required Dictionary<string, int> Vocabulary { get; init; }

    /// <summary>Pairs of ids, the first to be merged first.</summary>
    public required IReadOnlyList<(int Left, int Right)> Merges { get; init; }

    /// <summary>The added tokens, by ascending id.</summary>
    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }

    /// <summary>The token for bytes without one of their own; null drops them.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>Unknown tokens in a row become one.</summary>
    public bool FusesUnknownTokens { get; init; }

    /// <summary>The small parts of tokenizer.json as JSON text, in the order in which they are written.</summary>
    public TokenizerParts Parts { get; init; } = TokenizerParts.Qwen;

    /// <summary>The bytes of tokenizer_config.json, where there was one.</summary>
    public ReadOnlyMemory<byte>? Configuration { get; init; }

    /// <summary>A copy with other added tokens and configuration.</summary>
    public TokenizerDefinition With(IReadOnlyList<AddedToken> addedTokens, ReadOnlyMemory<byte>? configuration) => new()
    {
        Source = Source,
        Vocabulary = Vocabulary,
        Merges = Merges,
        AddedTokens = addedTokens,
        UnknownToken = UnknownToken,
        FusesUnknownTokens = FusesUnknownTokens,
        Parts = Parts,
        Configuration = configuration,
    };
}
