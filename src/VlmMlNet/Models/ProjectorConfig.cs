using VlmMlNet.Tensors;

namespace VlmMlNet.Models;

/// <summary>Shape of the two-layer MLP that turns image features into language-model tokens (paper section 3; LLaVA 1.5's connector).</summary>
public sealed record ProjectorConfig
{
    /// <summary>Width of an image feature.</summary>
    public required int VisionHiddenSize { get; init; }

    /// <summary>Width between the two layers. The language model's width gives 1.8M parameters at full size, 8960 the paper's 18M.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of a language-model token.</summary>
    public required int TextHiddenSize { get; init; }

    /// <summary>The paper's projector between so400m and Qwen2.5-0.5B: 1152 → 8960 → 896, 18.4M parameters.</summary>
    public static ProjectorConfig Paper { get; } = new() { VisionHiddenSize = 1152, HiddenSize = 8960, TextHiddenSize = 896 };

    internal void Check() => Shape.CheckPositive(nameof(ProjectorConfig), (nameof(VisionHiddenSize), VisionHiddenSize),
        (nameof(HiddenSize), HiddenSize), (nameof(TextHiddenSize), TextHiddenSize));
}
