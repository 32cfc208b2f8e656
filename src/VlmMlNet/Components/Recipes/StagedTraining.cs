using VlmMlNet.Training;

namespace VlmMlNet.Components.Recipes;

/// <summary>A whole training run: stages one after another, the model saved after each, so that an interrupted run goes on
/// from where it was. Run by <see cref="VisionLanguageCatalog.Train"/>.</summary>
public sealed record StagedTraining
{
    /// <summary>Makes the model that the first stage starts from; not called where a run is continued.</summary>
    public required Func<VisionLanguageModel> Start { get; init; }

    /// <summary>The stages, in order, each with its data.</summary>
    public required IReadOnlyList<(TrainingStage Stage, TrainingSet Data)> Stages { get; init; }

    /// <summary>Folder of the newest model: at first the start, then that of the last finished stage. It also holds
    /// <c>training.json</c> (what is finished) and, within a stage, its checkpoint.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>Whether a run that <see cref="OutputFolder"/> holds is continued. Without it such a folder is refused. Default false.</summary>
    public bool Resume { get; init; }

    /// <summary>Seed, progress, cancellation, time between checkpoints. Its checkpoint folder and its Resume are set here.</summary>
    public TrainingRun Run { get; init; } = new();

    /// <summary>Called after a stage was trained and saved. The model is disposed by the next stage. Default none.</summary>
    public Action<TrainingStage, VisionLanguageModel, TrainingHistory>? StageFinished { get; init; }
}
