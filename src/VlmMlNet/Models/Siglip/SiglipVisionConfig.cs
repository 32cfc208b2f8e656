using VlmMlNet.Tensors;

namespace VlmMlNet.Models.Siglip;

/// <summary>Shape of a SigLIP vision transformer. Defaults are Hugging Face's <c>SiglipVisionConfig</c>.</summary>
public sealed record SiglipVisionConfig
{
    /// <summary>Width of a token. Default 768.</summary>
    public int HiddenSize { get; init; } = 768;

    /// <summary>Width of the MLP inside a layer. Default 3072.</summary>
    public int IntermediateSize { get; init; } = 3072;

    /// <summary>Number of transformer layers. Default 12.</summary>
    public int NumHiddenLayers { get; init; } = 12;

    /// <summary>Attention heads per layer; divides <see cref="HiddenSize"/>. Default 12.</summary>
    public int NumAttentionHeads { get; init; } = 12;

    /// <summary>Colour channels of the picture. Default 3.</summary>
    public int NumChannels { get; init; } = 3;

    /// <summary>Side of the square picture in pixels. Default 224.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>Side of a square patch in pixels. Default 16.</summary>
    public int PatchSize { get; init; } = 16;

    /// <summary>Epsilon of the layer norms. Default 1e-6.</summary>
    public double LayerNormEps { get; init; } = 1e-6;

    /// <summary>Activation of the MLPs. Default <c>gelu_pytorch_tanh</c>.</summary>
    public string HiddenAct { get; init; } = Activation.GeluTanh;

    /// <summary>Whether the attention-pool head exists. Default true; captions need only the patches.</summary>
    public bool UseHead { get; init; } = true;

    /// <summary>Image tokens of one picture at the configured size: (ImageSize / PatchSize)², 256 for so400m at 224.</summary>
    public int PatchCount => ImageSize / PatchSize * (ImageSize / PatchSize);

    /// <summary>google/siglip-so400m-patch14-224: about 413M parameters without the head, 256 patches.</summary>
    public static SiglipVisionConfig So400mPatch14At224 { get; } = new()
    {
        HiddenSize = 1152,
        IntermediateSize = 4304,
        NumHiddenLayers = 27,
        NumAttentionHeads = 16,
        PatchSize = 14,
    };

    internal void Check()
    {
        Shape.CheckPositive(nameof(SiglipVisionConfig), (nameof(HiddenSize), HiddenSize), (nameof(IntermediateSize), IntermediateSize),
            (nameof(NumHiddenLayers), NumHiddenLayers), (nameof(NumAttentionHeads), NumAttentionHeads), (nameof(NumChannels), NumChannels),
            (nameof(ImageSize), ImageSize), (nameof(PatchSize), PatchSize));
        Shape.CheckDivides(nameof(SiglipVisionConfig), nameof(HiddenSize), HiddenSize, nameof(NumAttentionHeads), NumAttentionHeads);
        if (PatchSize > ImageSize)
            throw new ArgumentException($"{nameof(SiglipVisionConfig)}: {nameof(PatchSize)} {PatchSize} is larger than {nameof(ImageSize)} {ImageSize}.");
        Activation.Check(HiddenAct);
    }
}
