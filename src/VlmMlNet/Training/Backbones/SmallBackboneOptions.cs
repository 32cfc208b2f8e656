using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;

namespace VlmMlNet.Training.Backbones;

/// <summary>Shape and training of backbones small enough to be trained from nothing on a CPU within minutes.</summary>
public sealed record SmallBackboneOptions
{
    /// <summary>Shape of the image encoder. Default: 64 px, 16 patches of 16 px, width 128, 3 layers.</summary>
    public SiglipVisionConfig Vision { get; init; } = new()
    {
        HiddenSize = 128,
        IntermediateSize = 384,
        NumHiddenLayers = 3,
        NumAttentionHeads = 4,
        ImageSize = 64,
        PatchSize = 16,
    };

    /// <summary>Shape of the language model; its vocabulary is the tokenizer's. Default: width 128, 3 layers.</summary>
    public Qwen2Config Language { get; init; } = new()
    {
        HiddenSize = 128,
        IntermediateSize = 384,
        NumHiddenLayers = 3,
        NumAttentionHeads = 4,
        NumKeyValueHeads = 2,
        MaxPositionEmbeddings = 2048,
        TieWordEmbeddings = true,
        InitializerRange = 0.08, // about 1/√width, as 0.02 is for the widths that it was chosen for
    };

    /// <summary>Most tokens of the vocabulary, special tokens included. Default 1024.</summary>
    public int VocabularySize { get; init; } = 1024;

    /// <summary>Width between the projector's layers; null for the language model's width. Default null.</summary>
    public int? ProjectorHiddenSize { get; init; }

    /// <summary>How the image encoder is trained.</summary>
    public ContrastiveOptions Contrastive { get; init; } = new();

    /// <summary>How the language model is trained on the text alone.</summary>
    public TrainingStage LanguageStage { get; init; } = new()
    {
        Name = "language: pre-training on text",
        Mask = AttentionMaskKind.Causal,
        LanguageLearningRate = 2e-3,
        BatchSize = 64,
        Epochs = 2,
    };
}
