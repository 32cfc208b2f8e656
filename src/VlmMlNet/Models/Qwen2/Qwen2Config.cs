using System.Text.Json.Serialization;
using VlmMlNet.Tensors;

namespace VlmMlNet.Models.Qwen2;

/// <summary>Shape of a Qwen2 language model. Defaults are Hugging Face's <c>Qwen2Config</c>.</summary>
public sealed record Qwen2Config
{
    /// <summary>Number of token ids that have an embedding. Default 151936.</summary>
    public int VocabSize { get; init; } = 151936;

    /// <summary>Width of a token. Default 4096.</summary>
    public int HiddenSize { get; init; } = 4096;

    /// <summary>Width of the gated MLP. Default 22016.</summary>
    public int IntermediateSize { get; init; } = 22016;

    /// <summary>Number of decoder layers. Default 32.</summary>
    public int NumHiddenLayers { get; init; } = 32;

    /// <summary>Query heads per layer; divides <see cref="HiddenSize"/>. Default 32.</summary>
    public int NumAttentionHeads { get; init; } = 32;

    /// <summary>Key and value heads per layer (grouped-query attention); divides <see cref="NumAttentionHeads"/>. Default 32.</summary>
    public int NumKeyValueHeads { get; init; } = 32;

    /// <summary>Longest sequence that the model was made for, in tokens. Default 32768.</summary>
    public int MaxPositionEmbeddings { get; init; } = 32768;

    /// <summary>Epsilon of the RMS norms. Default 1e-6.</summary>
    public double RmsNormEps { get; init; } = 1e-6;

    /// <summary>Base of the rotary position embedding. Default 10000; Qwen2.5 has 1000000.</summary>
    public double RopeTheta { get; init; } = 10000;

    /// <summary>Whether the output layer is the embedding table. Default false; Qwen2.5-0.5B has true.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>Activation of the gate. Default <c>silu</c>.</summary>
    public string HiddenAct { get; init; } = Activation.Silu;

    /// <summary>Standard deviation of new weights. Default 0.02.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>Special tokens, and how others generate with the model.</summary>
    [JsonInclude]
    internal GenerationSettings Generation { get; init; } = new();

    /// <summary>Width of one attention head.</summary>
    public int HeadSize => HiddenSize / NumAttentionHeads;

    /// <summary>Qwen/Qwen2.5-0.5B-Instruct: 494M parameters, tied embeddings.</summary>
    public static Qwen2Config Qwen25Half { get; } = new()
    {
        HiddenSize = 896,
        IntermediateSize = 4864,
        NumHiddenLayers = 24,
        NumAttentionHeads = 14,
        NumKeyValueHeads = 2,
        RopeTheta = 1_000_000,
        TieWordEmbeddings = true,
    };

    internal void Check()
    {
        Shape.CheckPositive(nameof(Qwen2Config), (nameof(VocabSize), VocabSize), (nameof(HiddenSize), HiddenSize),
            (nameof(IntermediateSize), IntermediateSize), (nameof(NumHiddenLayers), NumHiddenLayers), (nameof(NumAttentionHeads), NumAttentionHeads),
            (nameof(NumKeyValueHeads), NumKeyValueHeads), (nameof(MaxPositionEmbeddings), MaxPositionEmbeddings));
        Shape.CheckDivides(nameof(Qwen2Config), nameof(HiddenSize), HiddenSize, nameof(NumAttentionHeads), NumAttentionHeads);
        Shape.CheckDivides(nameof(Qwen2Config), nameof(NumAttentionHeads), NumAttentionHeads, nameof(NumKeyValueHeads), NumKeyValueHeads);
        if (HeadSize % 2 != 0)
            throw new ArgumentException($"{nameof(Qwen2Config)}: the head size {HeadSize} is odd; rotary embeddings turn pairs.");
        if (HiddenAct != Activation.Silu)
            throw new ArgumentException($"{nameof(Qwen2Config)}: {nameof(HiddenAct)} '{HiddenAct}' is not supported; Qwen2 uses '{Activation.Silu}'.");
    }
}
