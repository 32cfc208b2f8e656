using VlmMlNet.Training;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Components.Recipes;

/// <summary>A whole training run: stages one after another, the model saved after each, so that an interrupted run goes on
/// from where it was. Run by <see cref="VisionLanguageCatalog.Train"/>.</summary>
public sealed record StagedTraining
{
    /// <summary>Makes the model that the first stage starts from; not called where a run is continued that has it. It is given
    /// <see cref="Run"/> with a checkpoint folder, for a start that is itself trained.</summary>
    public required Func<TrainingRun, VisionLanguageModel> Start { get; init; }

    /// <summary>The stages, in order, each with its data.</summary>
    public required IReadOnlyList<(TrainingStage Stage, TrainingSet Data)> Stages { get; init; }

    /// <summary>Folder of the newest model: at first the start, then that of the last finished stage. It also holds
    /// <c>training.json</c> (what is finished), <c>metrics.jsonl</c> (a line for each step and validation) and the checkpoints of what is not.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>Time for the training of start and stages together, without reading data and saving. What one part does not need goes to those
    /// after it, in proportion to their own <see cref="TrainingStage.MaxDuration"/>, which all stages then need. Null: each
    /// stage has its own limit alone. Default null.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>Whether a run that <see cref="OutputFolder"/> holds is continued. It has to have the settings that it was begun with,
    /// less time limits, also where it is finished; stages may be added behind. Without it such a folder is refused. Default false.</summary>
    public bool Resume { get; init; }

    /// <summary>Seed, progress, cancellation, time between checkpoints. Its checkpoint folder, metrics file and Resume are set here.</summary>
    public TrainingRun Run { get; init; } = new();

    /// <summary>The folder, where the caller holds it already. It may hold something then, which is replaced unless the run is continued.</summary>
    internal Files.OutputFolder? Held { get; init; }

    /// <summary>What else has to be the same where the run is continued.</summary>
    internal IReadOnlyList<RunOrigin> Origins { get; init; } = [];

    /// <summary>Called after a stage was trained and saved, with the stage as it was run. The model is disposed by the next stage. Default none.</summary>
    public Action<TrainingStage, VisionLanguageModel, TrainingHistory>? StageFinished { get; init; }
}
