using Microsoft.ML;
using VlmMlNet.Generation;

namespace VlmMlNet.Components.Recipes;

/// <summary>How a model is evaluated.</summary>
public sealed record ModelEvaluationOptions
{
    /// <summary>Most rows that are looked at, from the start; null for all. Default null.</summary>
    public int? Limit { get; init; }

    /// <summary>The protocol by which the model is asked, for scores that can be put beside published ones; null for the
    /// questions as they are and <see cref="CaptionPrompt"/>. It does not change <see cref="Generation"/>: see
    /// <see cref="For"/>. Default null.</summary>
    public EvaluationProtocol? Protocol { get; init; }

    /// <summary>Whether the answers of conversations of one question are captions: the model is asked for a caption of the picture,
    /// which CIDEr, BLEU and ROUGE-L compare, as for data of captions; rows of several answers are left out. Otherwise it is asked each question,
    /// and exact match compares. Protocols of captions ask for captions in any case. Default false.</summary>
    public bool AnswersAreCaptions { get; init; }

    /// <summary>What captions answer, where there is no protocol. Null: <see cref="VisionLanguageModel.CaptionPrompt"/>. Default null.</summary>
    public string? CaptionPrompt { get; init; }

    /// <summary>How answers are generated: one to each prompt. Default greedily, at most 64 tokens, 32 side by side.</summary>
    public GenerationOptions Generation { get; init; } = new() { BatchSize = 32 };

    /// <summary>Captioned pictures for the nearest-neighbour baseline; null for none. Default null.</summary>
    public IDataView? NeighbourData { get; init; }

    /// <summary>Whether rows with unreadable pictures, and captions or questions without picture or answer, are left out, instead of
    /// ending the evaluation. Default false.</summary>
    public bool SkipUnreadableImages { get; init; }

    /// <summary>Receives why a row is left out. Default none.</summary>
    public Action<string>? RowSkipped { get; init; }

    /// <summary>Receives each answer as soon as it and those before it are made, so that a run that ends early leaves what it has done. With it, data
    /// that no text can be compared with is answered too, and not scored. Default none.</summary>
    public Action<ModelPrediction>? Answered { get; init; }

    /// <summary>Whether the answers are for a format that has one for each id.</summary>
    internal bool HasDistinctIds { get; init; }

    /// <summary>Receives what is done and the rows done and planned. Default none.</summary>
    public Action<string, long, long>? Progress { get; init; }

    /// <summary>Ends the work between two tokens. Default none.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Options that ask and decode by a protocol.</summary>
    /// <param name="protocol">The protocol.</param>
    public static ModelEvaluationOptions For(EvaluationProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        return new() { Protocol = protocol, Generation = protocol.Generation() with { BatchSize = 32 } };
    }

    internal void Check()
    {
        if (Limit is <= 0)
            throw new ArgumentException($"{nameof(ModelEvaluationOptions)}: {nameof(Limit)} is {Limit}; it must be positive.");
        if (CaptionPrompt is { } prompt)
            ArgumentException.ThrowIfNullOrWhiteSpace(prompt, nameof(CaptionPrompt));
        Generation.Check();
        Generation.CheckOneAnswer();
    }
}
