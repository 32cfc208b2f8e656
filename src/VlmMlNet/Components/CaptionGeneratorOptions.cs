namespace VlmMlNet.Components;

/// <summary>Settings of a <see cref="CaptionGeneratorEstimator"/>.</summary>
public sealed class CaptionGeneratorOptions
{
    /// <summary>The model whose language model is used.</summary>
    public required VisionLanguageModel Model { get; init; }

    /// <summary>The column to add: Text. Default <c>Caption</c>.</summary>
    public string OutputColumnName { get; init; } = "Caption";

    /// <summary>The column of visual tokens: Vector&lt;Single, patches, language width&gt;. Default <c>VisualTokens</c>.</summary>
    public string VisualTokensColumnName { get; init; } = "VisualTokens";

    /// <summary>The column of prompts (Text), such as questions; null for <see cref="Prompt"/> in all rows. Default null.</summary>
    public string? PromptColumnName { get; init; }

    /// <summary>The prompt where no column gives one. <c>&lt;image&gt;</c> stands for the picture and is put in front where it is
    /// absent. Null: <see cref="VisionLanguageModel.CaptionPrompt"/>. Default null.</summary>
    public string? Prompt { get; init; }

    /// <summary>Most tokens of a caption. Default 64.</summary>
    public int MaxTokens { get; init; } = 64;

    /// <summary>How the language model's weights are held: on a CPU the speed of generation follows their size. Where it is not the
    /// model's own, Fit makes a smaller copy, which is what the pipeline saves. Null: as the model has them. Default null.</summary>
    public WeightPrecision? Precision { get; init; }

    /// <summary>Most threads that decode on a CPU at once; null for as many as libtorch uses. Default null.</summary>
    public int? MaxThreads { get; init; }

    /// <summary>Rows decoded side by side. Default 8.</summary>
    public int BatchSize { get; init; } = 8;
}
