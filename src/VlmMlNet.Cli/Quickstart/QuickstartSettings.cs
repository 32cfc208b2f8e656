using VlmMlNet.Data.Scenes;
using VlmMlNet.Models;
using VlmMlNet.Training;

namespace VlmMlNet.Cli.Quickstart;

/// <summary>Sizes and learning rates of the quickstart: chosen so that two cores finish within minutes.</summary>
internal sealed record QuickstartSettings
{
    public int Seed { get; init; } = 1;

    public int Scenes { get; init; } = 3000;

    /// <summary>Differently worded captions of each scene.</summary>
    public int CaptionsPerScene { get; init; } = 5;

    public SceneDatasetOptions SceneOptions => new() { Seed = Seed, Scenes = Scenes, ImageSize = 64, CaptionsPerScene = CaptionsPerScene };

    public SmallBackboneOptions Backbones { get; init; } = new()
    {
        Vision = new SiglipVisionConfig
        {
            HiddenSize = 128,
            IntermediateSize = 384,
            NumHiddenLayers = 3,
            NumAttentionHeads = 4,
            ImageSize = 64,
            PatchSize = 16,
        },
        Contrastive = new ContrastiveOptions { Epochs = 5 },
        LanguageStage = new SmallBackboneOptions().LanguageStage with { Epochs = 1 },
    };

    /// <summary>The paper's four stages; the small backbones are far from converged, so they learn faster than published ones may.</summary>
    public IReadOnlyList<TrainingStage> Stages { get; init; } =
    [
        TrainingStage.BidirectionalAlignment with { ProjectorLearningRate = 2e-3, BatchSize = 32 },
        TrainingStage.HybridAlignment with { ProjectorLearningRate = 2e-3, BatchSize = 32 },
        TrainingStage.FullFineTuning with { VisionLearningRate = 1e-3, ProjectorLearningRate = 1e-3, LanguageLearningRate = 1e-3, BatchSize = 32 },
        TrainingStage.InstructionTuning with { VisionLearningRate = 1e-3, ProjectorLearningRate = 1e-3, LanguageLearningRate = 1e-3, BatchSize = 32 },
    ];

    public int MaxCaptionTokens { get; init; } = 40;
}
