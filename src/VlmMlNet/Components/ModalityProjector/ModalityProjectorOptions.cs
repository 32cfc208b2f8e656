namespace VlmMlNet.Components.ModalityProjector;

/// <summary>Settings of a <see cref="ModalityProjectorEstimator"/>.</summary>
public sealed class ModalityProjectorOptions
{
    /// <summary>The model whose projector is used.</summary>
    public required VisionLanguageModel Model { get; init; }

    /// <summary>The column to add: Vector&lt;Single, patches, language width&gt;. Default <c>VisualTokens</c>.</summary>
    public string OutputColumnName { get; init; } = "VisualTokens";

    /// <summary>The column of patch features: Vector&lt;Single, patches, encoder width&gt;. Default <c>Patches</c>.</summary>
    public string InputColumnName { get; init; } = "Patches";

    /// <summary>How the projector's weights are held: int8 (int4 means the same here) is smaller and faster on a CPU, and is saved with
    /// the pipeline. Null (the default): as the model holds them.</summary>
    public WeightPrecision? Precision { get; init; }

    /// <summary>Most rows of one forward pass. Default 8.</summary>
    public int BatchSize { get; init; } = 8;
}
