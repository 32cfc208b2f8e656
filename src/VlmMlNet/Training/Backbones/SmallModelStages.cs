namespace VlmMlNet.Training.Backbones;

/// <summary>The four stages for models of a few million parameters that were trained from nothing by <see cref="SmallBackbones"/>.
/// The published learning rates suit models that have seen billions of pictures; a small one still has most to learn.</summary>
/// <remarks>Batches are padded: attention is much of a small model's work, and longer rows cost more than their padding saves
/// (measured on drawn scenes: packed steps take one and a half times as long).</remarks>
public static class SmallModelStages
{
    /// <summary>Stage 0: projector 2e-3.</summary>
    public static TrainingStage BidirectionalAlignment { get; } = TrainingStage.BidirectionalAlignment with { ProjectorLearningRate = 2e-3, BatchSize = 32, BatchLayout = BatchLayout.Padded, Epochs = 2 };

    /// <summary>Stage 1: projector 2e-3.</summary>
    public static TrainingStage HybridAlignment { get; } = TrainingStage.HybridAlignment with { ProjectorLearningRate = 2e-3, BatchSize = 32, BatchLayout = BatchLayout.Padded, Epochs = 3 };

    /// <summary>Stage 2: vision 5e-4, projector 1e-3, language model 1e-3.</summary>
    public static TrainingStage FullFineTuning { get; } = TrainingStage.FullFineTuning with
    {
        VisionLearningRate = 5e-4,
        ProjectorLearningRate = 1e-3,
        LanguageLearningRate = 1e-3,
        BatchSize = 32,
        BatchLayout = BatchLayout.Padded,
        Epochs = 8,
    };

    /// <summary>Stage 3: learning rates as stage 2.</summary>
    public static TrainingStage InstructionTuning { get; } = FullFineTuning with { Name = TrainingStage.InstructionTuning.Name, Epochs = 4 };

    /// <summary>The four in order.</summary>
    public static IReadOnlyList<TrainingStage> All { get; } = [BidirectionalAlignment, HybridAlignment, FullFineTuning, InstructionTuning];
}
