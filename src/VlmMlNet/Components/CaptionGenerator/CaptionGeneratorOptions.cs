using VlmMlNet.Generation;

namespace VlmMlNet.Components.CaptionGenerator;

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

    /// <summary>A second column to add: the natural logarithm of the caption's probability (Single), see
    /// <see cref="GeneratedAnswer.LogProbability"/>; null for none. Default null.</summary>
    public string? LogProbabilityColumnName { get; init; }

    /// <inheritdoc cref="GenerationOptions.MaxTokens"/>
    public int MaxTokens { get; init; } = 64;

    /// <inheritdoc cref="GenerationOptions.MinTokens"/>
    public int MinTokens { get; init; }

    /// <inheritdoc cref="GenerationOptions.Temperature"/>
    public double Temperature { get; init; }

    /// <inheritdoc cref="GenerationOptions.TopK"/>
    public int? TopK { get; init; }

    /// <inheritdoc cref="GenerationOptions.TopP"/>
    public double TopP { get; init; } = 1;

    /// <summary>Makes drawing repeat: each row draws from numbers of its own, made of the seed and the row's number. Null: the seed of the
    /// <c>MLContext</c> that makes or loads the pipeline, else another one for each transformer. Default null.</summary>
    public int? Seed { get; init; }

    /// <inheritdoc cref="GenerationOptions.RepetitionPenalty"/>
    public double RepetitionPenalty { get; init; } = 1;

    /// <inheritdoc cref="GenerationOptions.NumBeams"/>
    public int NumBeams { get; init; } = 1;

    /// <inheritdoc cref="GenerationOptions.LengthPenalty"/>
    public double LengthPenalty { get; init; } = 1;

    /// <inheritdoc cref="GenerationOptions.EarlyStopping"/>
    public bool EarlyStopping { get; init; }

    /// <inheritdoc cref="GenerationOptions.StopSequences"/>
    public IReadOnlyList<string> StopSequences { get; init; } = [];

    /// <summary>How the language model's weights are held: on a CPU the speed of generation follows their size. Where it is not the
    /// model's own, Fit makes a smaller copy, which is what the pipeline saves. Null: as the model has them. Default null.</summary>
    public WeightPrecision? Precision { get; init; }

    /// <summary>Most threads that decode on a CPU at once; null for as many as libtorch uses. Default null.</summary>
    public int? MaxThreads { get; init; }

    /// <summary>Rows decoded side by side, or beams of them; when one is complete, the next row takes its place. Default 8.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Ends generating between two tokens: reading a row then throws an <see cref="OperationCanceledException"/>, and so does every later row of
    /// the transformer. It is not saved with a pipeline. Default none.</summary>
    public CancellationToken CancellationToken { get; init; }

    internal GenerationOptions Generation => new()
    {
        MaxTokens = MaxTokens,
        MinTokens = MinTokens,
        Temperature = Temperature,
        TopK = TopK,
        TopP = TopP,
        Seed = Seed,
        RepetitionPenalty = RepetitionPenalty,
        NumBeams = NumBeams,
        LengthPenalty = LengthPenalty,
        EarlyStopping = EarlyStopping,
        StopSequences = StopSequences,
        LogProbabilities = LogProbabilityColumnName is not null,
        BatchSize = BatchSize,
        MaxThreads = MaxThreads,
    };
}
