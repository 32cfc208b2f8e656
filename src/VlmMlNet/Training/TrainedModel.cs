namespace VlmMlNet.Training;

/// <summary>The result of a stage.</summary>
/// <param name="Model">The new model; the caller owns it.</param>
/// <param name="History">What happened.</param>
public sealed record TrainedModel(VisionLanguageModel Model, TrainingHistory History);
