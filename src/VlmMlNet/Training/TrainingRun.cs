using VlmMlNet.Training.Examples;

namespace VlmMlNet.Training;

/// <summary>How a stage is run, apart from what it learns.</summary>
public sealed record TrainingRun
{
    /// <summary>Decides the order of the data and the hidden tokens. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>Whether the data is shuffled in each epoch. Default true.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Whether examples with unreadable pictures, and rows without picture or answer, are left out and counted, instead of
    /// ending the run. Default false.</summary>
    public bool SkipUnreadableImages { get; init; }

    /// <summary>Receives why an example is left out, in each pass over the data anew; on the thread that reads. Default none.</summary>
    public Action<string>? ExampleSkipped { get; init; }

    /// <summary>Receives the state after every step, on the training thread. Default none.</summary>
    public Action<TrainingProgress>? Progress { get; init; }

    /// <summary>Receives what is worth knowing about a run that is continued. Default none.</summary>
    public Action<string>? Note { get; init; }

    /// <summary>Folder in which the run keeps its state; null for none. While it trains, no other run may use it. Default null.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Time between checkpoints. Default 10 minutes.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether a checkpoint found in <see cref="CheckpointFolder"/> is continued. It has to be of the same settings, less
    /// the time limit and those of this class other than <see cref="Seed"/> and <see cref="Shuffle"/>. Default true.</summary>
    public bool Resume { get; init; } = true;

    /// <summary>Keeps the features of pictures in stages whose image encoder is frozen, so that each is encoded once; null to encode it in every
    /// epoch. Default null.</summary>
    public FeatureCacheOptions? FeatureCache { get; init; }

    /// <summary>Whether the last checkpoint of a finished stage stays: its caller removes it when the model is saved.</summary>
    internal bool KeepsCheckpoint { get; init; }

    /// <summary>Data that is not trained on, of which the loss is measured while a stage runs and at its end; null for none. The time
    /// that this takes is not the stage's. Examples that cannot be read are left out. Default null.</summary>
    public TrainingSet? ValidationData { get; init; }

    /// <summary>When it is measured, and what follows from it.</summary>
    public ValidationOptions Validation { get; init; } = new();

    /// <summary>Measures a score at each validation, more being better: CIDEr, say. It is given a copy of the model as it is then, which
    /// is disposed afterwards and needs as much memory as the trained parts once more. Default none.</summary>
    public Func<VisionLanguageModel, double>? ValidationScore { get; init; }

    /// <summary>Receives each validation, on the training thread. Default none.</summary>
    public Action<ValidationPoint>? Validated { get; init; }

    /// <summary>Whether it is measured at a stage's end what its loss does not show: see <see cref="TrainingHistory.Grounding"/> and
    /// <see cref="TrainingHistory.TextPerplexity"/>. Takes some forward passes. Default true.</summary>
    public bool Diagnoses { get; init; } = true;

    /// <summary>Text alone that no stage is trained on, as conversations: what the language model knew of it before a stage that trains it is
    /// compared with what it knows afterwards. Null for no comparison. Default null.</summary>
    public TrainingSet? KeptText { get; init; }

    /// <summary>Receives what goes wrong, each kind once in a stage; on the training thread. Default none.</summary>
    public Action<TrainingDiagnostic>? Diagnosed { get; init; }

    /// <summary>A file that gets a line of JSON for each step and validation (metrics.jsonl); null for none. Lines of the same stage that a run
    /// which is not continued has left are replaced. Default null.</summary>
    public string? MetricsFile { get; init; }

    /// <summary>A folder that gets event files for TensorBoard, in a folder for each stage; null for none. Those that this library has
    /// written there for the same stage of a run that is not continued are replaced. Default null.</summary>
    public string? TensorBoardFolder { get; init; }

    /// <summary>Ends the run between two steps; the state is saved first where there is a checkpoint folder.</summary>
    public CancellationToken CancellationToken { get; init; }
}
