using VlmMlNet.Models;
using VlmMlNet.Training;

namespace VlmMlNet.Components.HybridMaskDecoder;

/// <summary>Settings of a <see cref="HybridMaskDecoderEstimator"/>.</summary>
public sealed class HybridMaskDecoderOptions
{
    /// <summary>The model whose language model is used.</summary>
    public required VisionLanguageModel Model { get; init; }

    /// <summary>The column to add: Single, the log-likelihood of the row's answers in nats, summed over their tokens. A second
    /// one, with <c>.TokenCount</c> appended, has the number of those tokens: Int32. Default <c>LogLikelihood</c>.</summary>
    public string OutputColumnName { get; init; } = "LogLikelihood";

    /// <summary>The column of visual tokens: Vector&lt;Single, patches, language width&gt;. Default <c>VisualTokens</c>.</summary>
    public string VisualTokensColumnName { get; init; } = "VisualTokens";

    /// <summary>The column of text. Vector&lt;Text&gt;: the turns of a conversation, [user, assistant, user, assistant, ...], whose
    /// assistant turns are scored. Text: an answer to the prompt. Default <c>Conversation</c>.</summary>
    public string TextColumnName { get; init; } = "Conversation";

    /// <summary>Whether a vector of texts holds several answers to the prompt, such as the captions of a picture, each scored
    /// by itself, instead of the turns of a conversation. Default false.</summary>
    public bool SeparateAnswers { get; init; }

    /// <summary>The column of prompts (Text) of answers; null for <see cref="Prompt"/> in all rows. Default null.</summary>
    public string? PromptColumnName { get; init; }

    /// <summary>The prompt of answers where no column gives one. Null: <see cref="VisionLanguageModel.CaptionPrompt"/>. Default null.</summary>
    public string? Prompt { get; init; }

    /// <summary>Most sequences of one forward pass. Default 8.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Longest sequence in tokens, visual tokens included; the rest of a text is cut off and not scored. Default 2048.</summary>
    public int MaxLength { get; init; } = 2048;

    /// <summary>The attention mask: hybrid or causal. Under the bidirectional one every token would see what it has to
    /// predict. Default hybrid.</summary>
    public AttentionMaskKind Mask { get; init; } = AttentionMaskKind.Hybrid;

    /// <summary>Trains the language model in Fit before it scores, image encoder and projector frozen: what they make of the
    /// pictures is in the column of visual tokens. A stage that trains those too is one of
    /// <c>mlContext.VisionLanguage().Stages</c>, because gradients cannot cross columns. Null: nothing is trained. Default null.</summary>
    public TrainingStage? Stage { get; init; }

    /// <summary>How <see cref="Stage"/> is run: shuffling, progress, checkpoints, cancellation. The seed is the context's.
    /// Default: the defaults.</summary>
    public TrainingRun Run { get; init; } = new();
}
