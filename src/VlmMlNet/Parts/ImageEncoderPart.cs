using VlmMlNet.Cpu.Vision;
using VlmMlNet.Models.Siglip;
using static TorchSharp.torch;

namespace VlmMlNet.Parts;

/// <summary>The image encoder.</summary>
internal abstract class ImageEncoderPart : ModelPart
{
    /// <summary>The shape.</summary>
    public abstract SiglipVisionConfig Config { get; }

    /// <summary>The TorchSharp module.</summary>
    /// <exception cref="InvalidOperationException">The weights are reduced.</exception>
    public abstract SiglipVisionModel Module { get; }

    /// <summary>How many of the weights are the attention-pool head's; 0 without one.</summary>
    public abstract long HeadParameterCount { get; }

    /// <summary>Encodes pictures; on a CPU each has the features, to the last bit, that it has in every other batch.</summary>
    /// <param name="pixels">[N, channels, ImageSize, ImageSize], normalised to [-1, 1], on <see cref="ModelPart.Device"/>.</param>
    /// <returns>[N, patches, HiddenSize].</returns>
    public abstract Tensor Encode(Tensor pixels);

    /// <summary>The encoder that belongs to a language model in a precision: this one, or one of its own. The caller holds it.</summary>
    /// <param name="precision">Null for this one.</param>
    /// <exception cref="InvalidOperationException">This one is held in bytes, and floats are asked for.</exception>
    public abstract ImageEncoderPart WithPrecision(WeightPrecision? precision);

    /// <summary>Loads a module.</summary>
    public static ImageEncoderPart Load(IWeightSource source, SiglipVisionConfig config, ScalarType type) =>
        new TorchImageEncoder(source.LoadModule(device => new SiglipVisionModel(config, type, device)));

    /// <summary>Loads weights in bytes.</summary>
    public static ImageEncoderPart LoadReduced(IWeightSource source, SiglipVisionConfig config)
    {
        config.Check();
        return new CpuImageEncoder(new PackedImageEncoder(source.LoadReduced(PackedVision.Factory(config), device => new SiglipVisionModel(config, ScalarType.Float32, device))));
    }
}
