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
        if (projector.Config.VisionHiddenSize != vision.Config.HiddenSize || projector.Config.TextHiddenSize != language.Config.HiddenSize)
            throw new ArgumentException($"The projector turns width {projector.Config.VisionHiddenSize} into {projector.Config.TextHiddenSize}; " +
                $"the vision model has width {vision.Config.HiddenSize} and the language model {language.Config.HiddenSize}.", nameof(projector));
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

    /// <summary>The same where nothing is trained: on a CPU each picture has the tokens, to the last bit, that it has in every other batch.</summary>
    internal Tensor VisualTokensOfEach(Tensor pixels) => Projector.ForwardEach(Vision.ForwardEach(pixels));
}
