using VlmMlNet.Files;
using VlmMlNet.Models.Layers;
using VlmMlNet.Training.Examples;
using VlmMlNet.Training.Features;
using static TorchSharp.torch;

namespace VlmMlNet.Training;

/// <summary>The one training loop: every stage, from the tiny model of a test to the full one, runs through it.</summary>
public static class StageTrainer
{
    /// <summary>Trains one stage.</summary>
    /// <param name="previous">The model to start from; it is not changed, and its frozen parts are shared with the result.</param>
    /// <param name="data">The examples.</param>
    /// <param name="stage">What is trained, and how.</param>
    /// <param name="run">Seed, progress, checkpoints, cancellation; null for the defaults.</param>
    /// <returns>The new model, owned by the caller, and its history.</returns>
    /// <exception cref="ArgumentException">The stage contradicts itself, or there is nothing to train on.</exception>
    /// <exception cref="InvalidOperationException">The previous model is held in a reduced precision.</exception>
    /// <exception cref="IOException">The checkpoint folder cannot be written, or another run uses it.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static TrainedModel Train(VisionLanguageModel previous, TrainingSet data, TrainingStage stage, TrainingRun? run = null)
    {
        ArgumentNullException.ThrowIfNull(previous);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(stage);
        run ??= new TrainingRun();
        stage.Check();
        _ = previous.Network; // which a model of reduced precision lacks
        run.Validation.Check();
        if (run is { ValidationData: null, Validation.DecidesResult: true })
            throw new ArgumentException($"{nameof(ValidationOptions.KeepBest)} and {nameof(ValidationOptions.Patience)} need {nameof(TrainingRun.ValidationData)}.", nameof(run));
        if (run is { ValidationScore: null, Validation: { Measure: ValidationMeasure.Score, DecidesResult: true } })
            throw new ArgumentException($"{nameof(ValidationMeasure)}.{nameof(ValidationMeasure.Score)} needs {nameof(TrainingRun.ValidationScore)}.", nameof(run));
        if (data.Count <= 0)
            throw new ArgumentException($"Training stage '{stage.Name}': the data has no examples.", nameof(data));

        using var claimed = run.CheckpointFolder is { } folder ? OutputFolder.Claim(folder) : null;
        using var outerScope = NewDisposeScope();
        using var held = previous.Share(); // it may be disposed meanwhile
        stage = Decide(stage, held, run);
        using var mixed = Mixed(stage, held);
        using var entered = MixedPrecision.Enter(mixed);
        using var parts = TrainableParts.CopyOf(held.Network, stage, run.Seed);
        using var optimizer = new AdamW(stage.Beta1, stage.Beta2, stage.Epsilon, stage.WeightDecay, stage.Moments);
        foreach (var (prefix, parameters, rate) in parts.Groups(stage))
            optimizer.AddGroup(prefix, parameters, rate);

        using var features = run.FeatureCache is not null && stage is { VisionLearningRate: null, Augmentation: null } ? FeatureCache.Open(run.FeatureCache, held, run.Note) : null;
        using var loop = new TrainingLoop(held, parts, optimizer, data, stage, run, features);
        var history = loop.Run();
        return new TrainedModel(parts.IntoModel(held), history);
    }

    // A run that is continued keeps the precision that it began with, whatever is measured now.
    private static TrainingStage Decide(TrainingStage stage, VisionLanguageModel model, TrainingRun run)
    {
        if (stage.Precision == TrainingPrecision.Auto && run.Resume && run.CheckpointFolder is { } folder && TrainingCheckpoint.PrecisionIn(TrainingLoop.CheckpointFile(folder)) is { } begun)
            return stage with { Precision = begun };
        var (precision, reason) = PrecisionChoice.For(stage, model.Network);
        if (reason.Length > 0)
            run.Note?.Invoke($"{stage.Name} computes in {(precision == TrainingPrecision.BFloat16 ? "bfloat16, over float32 weights where they are trained" : "float32")}, {reason}.");
        return stage with { Precision = precision };
    }

    private static MixedPrecision? Mixed(TrainingStage stage, VisionLanguageModel model)
    {
        var type = stage.Precision == TrainingPrecision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        var network = model.Network;
        bool isPlain = type == ScalarType.Float32 && new nn.Module[] { network.Vision, network.Projector, network.Language }.All(part => part.parameters().All(p => p.dtype == type));
        return isPlain ? null : new MixedPrecision(type);
    }
}
