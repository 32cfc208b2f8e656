using Microsoft.ML.Runtime;
using VlmMlNet.Training;

namespace VlmMlNet.Components.Stages;

/// <summary>The stages of training, as ML.NET estimators. Each continues the model that the one before made:
/// <c>Fit(data, previous)</c>. Made by <c>mlContext.VisionLanguage().Stages</c>.</summary>
public sealed class TrainingStageCatalog
{
    private readonly IHostEnvironment _environment;

    internal TrainingStageCatalog(IHostEnvironment environment)
    {
        _environment = environment;
    }

    /// <summary>Stage 0: <see cref="TrainingStage.BidirectionalAlignment"/>.</summary>
    /// <param name="change">Changes the preset, such as <c>stage =&gt; stage with { Epochs = 3 }</c>; null to take it as it is.</param>
    /// <param name="options">Columns, progress, checkpoints; null for the defaults.</param>
    /// <exception cref="ArgumentException">The changed stage contradicts itself.</exception>
    public TrainingStageEstimator BidirectionalAlignment(Func<TrainingStage, TrainingStage>? change = null, TrainingStageOptions? options = null) =>
        Create(TrainingStage.BidirectionalAlignment, change, options);

    /// <summary>Stage 1: <see cref="TrainingStage.HybridAlignment"/>.</summary>
    /// <inheritdoc cref="BidirectionalAlignment" path="/param|/exception"/>
    public TrainingStageEstimator HybridAlignment(Func<TrainingStage, TrainingStage>? change = null, TrainingStageOptions? options = null) =>
        Create(TrainingStage.HybridAlignment, change, options);

    /// <summary>Stage 2: <see cref="TrainingStage.FullFineTuning"/>.</summary>
    /// <inheritdoc cref="BidirectionalAlignment" path="/param|/exception"/>
    public TrainingStageEstimator FullFineTuning(Func<TrainingStage, TrainingStage>? change = null, TrainingStageOptions? options = null) =>
        Create(TrainingStage.FullFineTuning, change, options);

    /// <summary>Stage 3: <see cref="TrainingStage.InstructionTuning"/>.</summary>
    /// <inheritdoc cref="BidirectionalAlignment" path="/param|/exception"/>
    public TrainingStageEstimator InstructionTuning(Func<TrainingStage, TrainingStage>? change = null, TrainingStageOptions? options = null) =>
        Create(TrainingStage.InstructionTuning, change, options);

    /// <summary>Any other stage.</summary>
    /// <param name="stage">What is trained, and how.</param>
    /// <param name="options">Columns, progress, checkpoints; null for the defaults.</param>
    /// <exception cref="ArgumentException">The stage contradicts itself.</exception>
    public TrainingStageEstimator Custom(TrainingStage stage, TrainingStageOptions? options = null) => Create(stage, null, options);

    private TrainingStageEstimator Create(TrainingStage preset, Func<TrainingStage, TrainingStage>? change, TrainingStageOptions? options)
    {
        Contracts.CheckValue(preset, "stage");
        return new TrainingStageEstimator(_environment, change?.Invoke(preset) ?? preset, options ?? new TrainingStageOptions());
    }
}
