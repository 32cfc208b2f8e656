using VlmMlNet.Data.Scenes;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Training;
using VlmMlNet.Training.Backbones;

namespace VlmMlNet.Cli.Quickstart;

/// <summary>Sizes and learning rates of the quickstart: chosen so that two cores finish within minutes.</summary>
internal sealed record QuickstartSettings
{
    public int Seed { get; init; } = 1;

    public int Scenes { get; init; } = 5000;

    /// <summary>Differently worded captions of each scene.</summary>
    public int CaptionsPerScene { get; init; } = 5;

    public SceneDatasetOptions SceneOptions => new() { Seed = Seed, Scenes = Scenes, ImageSize = Backbones.Vision.ImageSize, CaptionsPerScene = CaptionsPerScene };

    /// <summary>Patches as large as the objects: a few of them, so that most of the time goes into learning to see and to
    /// speak. The projector is wide, as the paper's is.</summary>
    public SmallBackboneOptions Backbones { get; init; } = new()
    {
        Vision = new SiglipVisionConfig
        {
            HiddenSize = 128,
            IntermediateSize = 512,
            NumHiddenLayers = 2,
            NumAttentionHeads = 4,
            ImageSize = 72,
            PatchSize = 24,
        },
        Language = new SmallBackboneOptions().Language with { HiddenSize = 96, IntermediateSize = 256 },
        ProjectorHiddenSize = 768,
        Contrastive = new ContrastiveOptions { Epochs = 8, TextLayers = 1 },
        LanguageStage = new SmallBackboneOptions().LanguageStage with { Epochs = 1, MaxSteps = 90 },
    };

    /// <summary>The paper's four stages; the small backbones are far from converged, so they learn faster than published ones may.</summary>
    public IReadOnlyList<TrainingStage> Stages { get; init; } =
    [
        TrainingStage.BidirectionalAlignment with { ProjectorLearningRate = 2e-3, BatchSize = 32 },
        TrainingStage.HybridAlignment with { ProjectorLearningRate = 2e-3, BatchSize = 32 },
        TrainingStage.FullFineTuning with { VisionLearningRate = 1e-3, ProjectorLearningRate = 2e-3, LanguageLearningRate = 2e-3, BatchSize = 32 },
        TrainingStage.InstructionTuning with { VisionLearningRate = 1e-3, ProjectorLearningRate = 2e-3, LanguageLearningRate = 2e-3, BatchSize = 32 },
    ];

    public int MaxCaptionTokens { get; init; } = 40;
}
