using System.Text.Json.Serialization;
using VlmMlNet.Text;

namespace VlmMlNet.Models;

/// <summary>What the files of a language model say about its special tokens and about generating: kept, so that exported models
/// stop where the loaded one did.</summary>
internal sealed record GenerationSettings
{
    /// <summary>The token that begins a text; null for none.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>The tokens that end an answer by config.json.</summary>
    public int[] EosTokenIds { get; init; } = [];

    /// <summary>The token that fills up; null for none.</summary>
    public int? PadTokenId { get; init; }

    /// <summary>The tokens that end an answer by generation_config.json, which goes first; null where it does not say.</summary>
    public int[]? GenerationEosTokenIds { get; init; }

    /// <summary>The text of generation_config.json; null where there was none.</summary>
    public string? GenerationConfig { get; init; }

    /// <summary>The tokens that end an answer.</summary>
    [JsonIgnore]
    public IReadOnlyList<int> StopIds => GenerationEosTokenIds ?? EosTokenIds;

    /// <summary>Those of a model that learns to answer under the chat template.</summary>
    public static GenerationSettings Of(VlmTokenizer tokenizer) => new() { EosTokenIds = [tokenizer.ImEndId, tokenizer.EndOfTextId], PadTokenId = tokenizer.EndOfTextId };

    /// <summary>Compares lists by what they hold.</summary>
    public bool Equals(GenerationSettings? other) => other is not null && BosTokenId == other.BosTokenId && PadTokenId == other.PadTokenId
        && GenerationConfig == other.GenerationConfig && EosTokenIds.AsSpan().SequenceEqual(other.EosTokenIds)
        && (GenerationEosTokenIds is null) == (other.GenerationEosTokenIds is null) && GenerationEosTokenIds.AsSpan().SequenceEqual(other.GenerationEosTokenIds);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(BosTokenId, PadTokenId, GenerationConfig, EosTokenIds.Length);
}
