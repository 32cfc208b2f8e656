using Microsoft.ML;
using VlmMlNet.Generation;

namespace VlmMlNet.Components.Recipes;

/// <summary>How a model is evaluated.</summary>
public sealed record ModelEvaluationOptions
{
    /// <summary>Most rows that are looked at, from the start; null for all. Default null.</summary>
    public int? Limit { get; init; }

    /// <summary>What captions answer. Null: <see cref="VisionLanguageModel.CaptionPrompt"/>. Default null.</summary>
    public string? CaptionPrompt { get; init; }

    /// <summary>Longest answer, and pictures side by side. Default 64 tokens, 32 pictures.</summary>
    public GenerationOptions Generation { get; init; } = new() { BatchSize = 32 };

    /// <summary>Captioned pictures for the nearest-neighbour baseline; null for none. Default null.</summary>
    public IDataView? NeighbourData { get; init; }

    /// <summary>Receives what is done and the rows done and planned. Default none.</summary>
    public Action<string, long, long>? Progress { get; init; }

    /// <summary>Ends the work between two tokens. Default none.</summary>
    public CancellationToken CancellationToken { get; init; }

    internal void Check()
    {
        if (Limit is <= 0)
            throw new ArgumentException($"{nameof(ModelEvaluationOptions)}: {nameof(Limit)} is {Limit}; it must be positive.");
        if (CaptionPrompt is { } prompt)
            ArgumentException.ThrowIfNullOrWhiteSpace(prompt, nameof(CaptionPrompt));
        Generation.Check();
    }
}
