using VlmMlNet.Imaging;
using VlmMlNet.Models;
using VlmMlNet.Models.Lora;

namespace VlmMlNet.Training;

/// <summary>One stage of training, as data: what is trained, under which mask, on what schedule. The four presets are the
/// paper's (arXiv 2503.19508, section 3); <c>with</c> makes variations and further stages.</summary>
public sealed record TrainingStage
{
    /// <summary>Name for logs, progress and reports.</summary>
    public required string Name { get; init; }

    /// <summary>The attention mask. Default hybrid.</summary>
    public AttentionMaskKind Mask { get; init; } = AttentionMaskKind.Hybrid;

    /// <summary>Peak learning rate of the image encoder; null freezes it. Default null.</summary>
    public double? VisionLearningRate { get; init; }

    /// <summary>Peak learning rate of the projector; null freezes it. Default null.</summary>
    public double? ProjectorLearningRate { get; init; }

    /// <summary>Peak learning rate of the language model; null freezes it. Default null.</summary>
    public double? LanguageLearningRate { get; init; }

    /// <summary>Trains the image encoder by adapters instead of all its weights: see <see cref="LanguageLora"/>. Default null.</summary>
    public LoraOptions? VisionLora { get; init; }

    /// <summary>Trains the language model by adapters (LoRA) instead of all its weights: these stay as they are, and are shared with the model
    /// before instead of copied. Adapters learn well with ten times the learning rate. The trained model has them merged into its
    /// weights, and keeps them as <see cref="VisionLanguageModel.LanguageAdapter"/>. Null: all weights are trained. Default null.</summary>
    public LoraOptions? LanguageLora { get; init; }

    /// <summary>Share of an answer's tokens that are hidden from the input and alone are scored; 0 scores every answer token.
    /// Needed with the bidirectional mask, where a visible token would leak itself. Default 0.</summary>
    public double TokenMasking { get; init; }

    /// <summary>Passes over the data. Default 1.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Stops after so many optimizer steps; null for no limit. The schedule ends there. Default null.</summary>
    public int? MaxSteps { get; init; }

    /// <summary>Stops after so much time; null for no limit. The schedule ends there, so that the result depends on the
    /// machine's speed. Default null.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>Examples per forward pass. Default 16.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>How the examples of a batch become rows. Default packed.</summary>
    public BatchLayout BatchLayout { get; init; }

    /// <summary>Most tokens of a row that holds several examples; a longer example has one of its own. Longer rows save padding where
    /// there are few examples, and cost attention between examples that do not see each other. Default 1024.</summary>
    public int PackedLength { get; init; } = 1024;

    /// <summary>Changes pictures at random, in each epoch in another way; decided by the run's seed, the epoch and the example's place, so that threads and
    /// interruptions do not matter. Null for none. Default null.</summary>
    public ImageAugmentation? Augmentation { get; init; }

    /// <summary>Forward passes per optimizer step; the loss is averaged over all their tokens. Default 1.</summary>
    public int GradientAccumulation { get; init; } = 1;

    /// <summary>How the learning rates fall from their peak. Default cosine.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Cosine;

    /// <summary>Share of the steps in which the learning rates rise from 0 to their peak. Default 0.03 (LLaVA's).</summary>
    public double WarmupRatio { get; init; } = 0.03;

    /// <summary>AdamW's decoupled weight decay, on matrices only. Default 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>AdamW's decay of the first moment. Default 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW's decay of the second moment. Default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>AdamW's epsilon. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>In what numbers is computed. Default <see cref="TrainingPrecision.Auto"/>.</summary>
    public TrainingPrecision Precision { get; init; } = TrainingPrecision.Auto;

    /// <summary>How AdamW's moments are kept. Default float32: 8 bytes for each trained weight; bfloat16 takes 4, int8 2.</summary>
    public MomentPrecision Moments { get; init; } = MomentPrecision.Float32;

    /// <summary>Whether only what enters each layer is kept for its gradient, and the rest is computed again: a fraction of the memory for
    /// activations, and the same bits, for a third more arithmetic. Default false.</summary>
    public bool ActivationCheckpointing { get; init; }

    /// <summary>Whether each layer's gradients are applied and freed as they come, so that those of one layer are in memory at a time;
    /// activations are checkpointed then. Clipping is then by the mean norm of the steps before, and of each weight by its own norm.
    /// Needs a <see cref="GradientAccumulation"/> of 1. Default false.</summary>
    public bool GradientRelease { get; init; }

    /// <summary>Gradients of a larger global norm are scaled down to it; null for no clipping. Default 1.</summary>
    public double? MaxGradientNorm { get; init; } = 1;

    /// <summary>Longest sequence in tokens, image tokens included; the rest of a conversation is cut off. Default 2048.</summary>
    public int MaxLength { get; init; } = 2048;

    /// <summary>Stage 0: the projector alone, all tokens see each other, 20 % of the caption's tokens hidden; 1e-3, one epoch.</summary>
    public static TrainingStage BidirectionalAlignment { get; } = new()
    {
        Name = "stage 0: bidirectional alignment",
        Mask = AttentionMaskKind.Bidirectional,
        ProjectorLearningRate = 1e-3,
        TokenMasking = 0.2,
    };

    /// <summary>Stage 1: the projector alone under the hybrid mask; 1e-3, one epoch.</summary>
    public static TrainingStage HybridAlignment { get; } = new()
    {
        Name = "stage 1: hybrid alignment",
        ProjectorLearningRate = 1e-3,
    };

    /// <summary>Stage 2: everything, under the hybrid mask, on captions; vision 5e-6, projector 2e-3, language model 2e-5, one epoch.</summary>
    public static TrainingStage FullFineTuning { get; } = new()
    {
        Name = "stage 2: full fine-tuning",
        VisionLearningRate = 5e-6,
        ProjectorLearningRate = 2e-3,
        LanguageLearningRate = 2e-5,
    };

    /// <summary>Stage 3: everything, under the hybrid mask, on instructions; learning rates as stage 2.</summary>
    public static TrainingStage InstructionTuning { get; } = FullFineTuning with { Name = "stage 3: instruction tuning" };

    /// <summary>The four presets in order.</summary>
    public static IReadOnlyList<TrainingStage> Paper { get; } = [BidirectionalAlignment, HybridAlignment, FullFineTuning, InstructionTuning];

    /// <summary>Checks that the settings make sense together.</summary>
    /// <exception cref="ArgumentException">They do not; the message names the setting.</exception>
    public void Check()
    {
        Require(!string.IsNullOrWhiteSpace(Name), nameof(Name), "is empty");
        Require(VisionLearningRate is not null || ProjectorLearningRate is not null || LanguageLearningRate is not null,
            "learning rates", "are all null: nothing would be trained");
        foreach (var (name, rate) in new[] { (nameof(VisionLearningRate), VisionLearningRate), (nameof(ProjectorLearningRate), ProjectorLearningRate), (nameof(LanguageLearningRate), LanguageLearningRate) })
            Require(rate is null or (> 0 and < 10), name, $"is {rate}; it must be positive (or null to freeze the part)");
        foreach (var (name, lora, rate) in new[] { (nameof(VisionLora), VisionLora, VisionLearningRate), (nameof(LanguageLora), LanguageLora, LanguageLearningRate) })
        {
            Require(lora is null || rate is not null, name, "is given for a part that the stage freezes; give its learning rate too");
            if (lora?.Problem() is { } problem)
                throw new ArgumentException($"Training stage '{Name}': {name}.{problem}.");
        }
        Require(TokenMasking is >= 0 and < 1, nameof(TokenMasking), $"is {TokenMasking}; it must be from 0 to below 1");
        Require(Mask != AttentionMaskKind.Bidirectional || TokenMasking > 0, nameof(TokenMasking),
            "is 0 under the bidirectional mask: every token would see the one that it has to predict");
        Require(Epochs > 0, nameof(Epochs), $"is {Epochs}; it must be positive");
        Require(MaxSteps is null or > 0, nameof(MaxSteps), $"is {MaxSteps}; it must be positive");
        Require(MaxDuration is null || MaxDuration > TimeSpan.Zero, nameof(MaxDuration), $"is {MaxDuration}; it must be positive");
        Require(BatchSize > 0, nameof(BatchSize), $"is {BatchSize}; it must be positive");
        Require(Enum.IsDefined(BatchLayout), nameof(BatchLayout), $"is {BatchLayout}; it must be one of {string.Join(", ", Enum.GetNames<BatchLayout>())}");
        Require(PackedLength > 1, nameof(PackedLength), $"is {PackedLength}; it must be at least 2");
        Require(Augmentation?.FindProblem() is null, nameof(Augmentation), $": {Augmentation?.FindProblem()}");
        Require(GradientAccumulation > 0, nameof(GradientAccumulation), $"is {GradientAccumulation}; it must be positive");
        Require(!GradientRelease || GradientAccumulation == 1, nameof(GradientAccumulation), $"is {GradientAccumulation}; with {nameof(GradientRelease)} it must be 1, since released gradients cannot be added up");
        Require(WarmupRatio is >= 0 and < 1, nameof(WarmupRatio), $"is {WarmupRatio}; it must be from 0 to below 1");
        Require(WeightDecay >= 0, nameof(WeightDecay), $"is {WeightDecay}; it must not be negative");
        Require(Beta1 is >= 0 and < 1 && Beta2 is >= 0 and < 1, "betas", $"are {Beta1} and {Beta2}; they must be from 0 to below 1");
        Require(Epsilon > 0, nameof(Epsilon), $"is {Epsilon}; it must be positive");
        Require(Enum.IsDefined(Precision), nameof(Precision), $"is {Precision}, which is no precision");
        Require(Enum.IsDefined(Moments), nameof(Moments), $"is {Moments}, which is no format of moments");
        Require(MaxGradientNorm is null or > 0, nameof(MaxGradientNorm), $"is {MaxGradientNorm}; it must be positive");
        Require(MaxLength > 1, nameof(MaxLength), $"is {MaxLength}; it must be at least 2");
    }

    private void Require(bool condition, string setting, string problem)
    {
        if (!condition)
            throw new ArgumentException($"Training stage '{Name}': {setting} {problem}.");
    }
}
