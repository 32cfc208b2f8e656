using VlmMlNet.Training;

namespace VlmMlNet.Components.Preview;

/// <summary>The first rows of data as a model learns from them.</summary>
/// <param name="Examples">The examples, in the order of the data.</param>
/// <param name="Stage">The stage that they are shown for.</param>
/// <param name="IsOfModel">Whether tokens and sizes are those of a model. Where none was given, pictures have SigLIP's 224x224 pixels
/// and 256 tokens, and text is cut by a tokenizer that was trained on the shown rows.</param>
public sealed record DataPreview(IReadOnlyList<PreviewExample> Examples, TrainingStage Stage, bool IsOfModel);
