namespace VlmMlNet.Components;

/// <summary>Settings of a <see cref="ModalityProjectorEstimator"/>.</summary>
public sealed class ModalityProjectorOptions
{
    /// <summary>The model whose projector is used.</summary>
    public required VisionLanguageModel Model { get; init; }

    /// <summary>The column to add: Vector&lt;Single, patches, language width&gt;. Default <c>VisualTokens</c>.</summary>
    public string OutputColumnName { get; init; } = "VisualTokens";

    /// <summary>The column of patch features: Vector&lt;Single, patches, encoder width&gt;. Default <c>Patches</c>.</summary>
    public string InputColumnName { get; init; } = "Patches";

    /// <summary>Most rows of one forward pass. Default 8.</summary>
    public int BatchSize { get; init; } = 8;
}
