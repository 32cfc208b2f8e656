using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using static TorchSharp.torch;

namespace VlmMlNet.Models;

/// <summary>The three parts as one network: pictures become tokens in the language model's sequence.</summary>
/// <remarks>Not a module itself: models of successive stages share their frozen parts.</remarks>
public sealed class VisionLanguageNetwork : MultimodalDecoder
{
    /// <summary>Joins three parts whose widths fit.</summary>
    /// <exception cref="ArgumentException">The projector does not fit between the two models.</exception>
    public VisionLanguageNetwork(SiglipVisionModel vision, MlpProjector projector, Qwen2ForCausalLM language) : base(language)
    {
        ArgumentNullException.ThrowIfNull(vision);
        ArgumentNullException.ThrowIfNull(projector);
        CheckWidths(vision.Config, projector.Config, language.Config);
        (Vision, Projector) = (vision, projector);
    }

    /// <summary>The image encoder.</summary>
    public SiglipVisionModel Vision { get; }

    /// <summary>The bridge between the two.</summary>
    public MlpProjector Projector { get; }

    /// <summary>Pictures to visual tokens.</summary>
    /// <param name="pixels">[N, channels, H, W], normalised to [-1, 1].</param>
    /// <returns>[N, patches, language width].</returns>
    public Tensor VisualTokens(Tensor pixels) => Projector.forward(Vision.forward(pixels));

    /// <summary>Checks that a projector fits between two models.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    internal static void CheckWidths(SiglipVisionConfig vision, ProjectorConfig projector, Qwen2Config language)
    {
        if (projector.VisionHiddenSize != vision.HiddenSize || projector.TextHiddenSize != language.HiddenSize)
            throw new ArgumentException($"The projector turns width {projector.VisionHiddenSize} into {projector.TextHiddenSize}; " +
                $"the vision model has width {vision.HiddenSize} and the language model {language.HiddenSize}.", nameof(projector));
    }
}
