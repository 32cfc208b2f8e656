using VlmMlNet.Data;
using VlmMlNet.Models.Lora;
using VlmMlNet.Imaging;
using VlmMlNet.Training;

namespace VlmMlNet.Cli.Commands;

/// <summary>What the user asked <c>vlm train</c> for.</summary>
internal sealed record TrainSettings
{
    public required string[] Data { get; init; }
    public required string Out { get; init; }
    public required IReadOnlyList<int> Stages { get; init; }
    public required DeviceChoice Device { get; init; }
    public string? Images { get; init; }
    public DataColumns Columns { get; init; } = new();
    public bool AllowOutsideImages { get; init; }
    public string[] Instructions { get; init; } = [];
    public string? Model { get; init; }
    public string? Vision { get; init; }
    public string? Language { get; init; }
    public bool IsTiny { get; init; }
    public string? Prompt { get; init; }
    public TimeSpan? Duration { get; init; }
    public int? Epochs { get; init; }
    public ImageAugmentation? Augmentation { get; init; }
    public FeatureCacheOptions? FeatureCache { get; init; }
    public Func<TrainingStage, TrainingStage> Batches { get; init; } = stage => stage;
    public Func<TrainingStage, TrainingStage> Memory { get; init; } = stage => stage;
    public LearningRates? Rates { get; init; }
    public LoraOptions? Lora { get; init; }
    public string? Adapter { get; init; }
    public bool Resume { get; init; }
    public bool Force { get; init; }
    public int Seed { get; init; }
    public string? Validation { get; init; }
    public int ValidationLimit { get; init; }
    public WatchSettings Watch { get; init; } = new();
    public bool SkipUnreadableImages { get; init; }
    public bool SkipBadRows { get; init; }
    public bool Verbose { get; init; }
}
