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

    /// <summary>Ends the run between two steps; the state is saved first where there is a checkpoint folder.</summary>
    public CancellationToken CancellationToken { get; init; }
}
