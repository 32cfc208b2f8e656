using VlmMlNet.Tensors;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Siglip;

/// <summary>SigLIP's image encoder. Its parameters have the names of Hugging Face's <c>SiglipVisionModel</c>
/// (<c>vision_model.embeddings.patch_embedding.weight</c>, ...).</summary>
public sealed class SiglipVisionModel : nn.Module<Tensor, Tensor>
{
    internal readonly SiglipVisionTransformer vision_model;

    /// <summary>Allocates the model; its weights are undefined until they are loaded or initialised.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="dtype">Type of the weights. Default float32.</param>
    /// <param name="device">Where the weights lie. Default CPU.</param>
    /// <exception cref="ArgumentException">The shape contradicts itself.</exception>
    public SiglipVisionModel(SiglipVisionConfig config, ScalarType dtype = ScalarType.Float32, Device? device = null) : base(nameof(SiglipVisionModel))
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Check();
        Config = config;
        vision_model = new SiglipVisionTransformer(config, dtype, device ?? CPU);
        RegisterComponents();
    }

    /// <summary>Whether nothing in it is trained.</summary>
    internal bool IsFrozen => !parameters().Any(p => p.requires_grad);

    /// <summary>The shape.</summary>
    public SiglipVisionConfig Config { get; }

    /// <summary>Encodes pictures of the configured size.</summary>
    /// <param name="x">Pixels [B, channels, ImageSize, ImageSize], normalised to [-1, 1].</param>
    /// <returns>Patch features after the last layer norm [B, patches, HiddenSize], row by row from the top left.</returns>
    public override Tensor forward(Tensor x) => Encode(x, interpolatePositions: false);

    /// <summary>Encodes pictures, of any size when the position embeddings may be interpolated.</summary>
    /// <param name="pixels">Pixels [B, channels, H, W], normalised to [-1, 1]; a rest smaller than a patch at the right and bottom is ignored.</param>
    /// <param name="interpolatePositions">Whether sizes other than the configured one are accepted (Hugging Face's <c>interpolate_pos_encoding</c>).</param>
    /// <param name="hiddenStates">Receives the embeddings and every layer's output, before the last layer norm.</param>
    /// <returns>Patch features after the last layer norm [B, patches, HiddenSize].</returns>
    public Tensor Encode(Tensor pixels, bool interpolatePositions, ICollection<Tensor>? hiddenStates = null)
    {
        if (interpolatePositions)
            Shape.Check(pixels, nameof(pixels), -1, Config.NumChannels, -1, -1);
        else
            Shape.Check(pixels, nameof(pixels), -1, Config.NumChannels, Config.ImageSize, Config.ImageSize);
        return vision_model.Encode(pixels, interpolatePositions, hiddenStates);
    }

    /// <summary>One vector per picture by the attention-pool head.</summary>
    /// <param name="patches">What <see cref="forward"/> returned: [B, patches, HiddenSize].</param>
    /// <returns>[B, HiddenSize].</returns>
    /// <exception cref="InvalidOperationException">The model has no head.</exception>
    public Tensor Pool(Tensor patches)
    {
        Shape.Check(patches, nameof(patches), -1, -1, Config.HiddenSize);
        if (vision_model.head is null)
            throw new InvalidOperationException($"This SigLIP model was made without its attention-pool head ({nameof(SiglipVisionConfig.UseHead)} is false).");
        return vision_model.head.forward(patches);
    }
}
