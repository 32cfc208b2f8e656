namespace VlmMlNet.Components.ImageEncoder;

/// <summary>Settings of an <see cref="ImageEncoderEstimator"/>.</summary>
public sealed class ImageEncoderOptions
{
    /// <summary>The model whose image encoder is used.</summary>
    public required VisionLanguageModel Model { get; init; }

    /// <summary>The column to add: Vector&lt;Single, patches, encoder width&gt;. Default <c>Patches</c>.</summary>
    public string OutputColumnName { get; init; } = "Patches";

    /// <summary>The column of pictures: text (paths), Vector&lt;Byte&gt; (encoded files) or <c>MLImage</c>. Default <c>Image</c>.</summary>
    public string InputColumnName { get; init; } = "Image";

    /// <summary>Most pictures of one forward pass. Default 8.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>How the encoder's weights are held: int8 (int4 means the same here) is smaller and faster on a CPU, and is saved with
    /// the pipeline. Null (the default): as the model holds them.</summary>
    public WeightPrecision? Precision { get; init; }

    /// <summary>Whether a row without a picture (an empty path, no bytes, a null image) gets NaN, ML.NET's missing value,
    /// in every place, instead of being an error. Default false.</summary>
    public bool AllowMissing { get; init; }
}
