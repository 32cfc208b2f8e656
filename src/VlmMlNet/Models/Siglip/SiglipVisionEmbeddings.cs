using TorchSharp.Modules;
using VlmMlNet.Models.Layers;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Siglip;

/// <summary>Cuts pictures into patches, embeds each, and adds learned positions.</summary>
internal sealed class SiglipVisionEmbeddings : nn.Module
{
    public readonly PatchEmbedding patch_embedding;
    public readonly EmbeddingLayer position_embedding;
    private readonly SiglipVisionConfig _config;

    public SiglipVisionEmbeddings(SiglipVisionConfig config, ScalarType dtype, Device device) : base(nameof(SiglipVisionEmbeddings))
    {
        _config = config;
        patch_embedding = new PatchEmbedding(config, dtype, device);
        position_embedding = new EmbeddingLayer(config.PatchCount, config.HiddenSize, dtype, device);
        RegisterComponents();
    }

    public Tensor Embed(Tensor pixels, bool interpolatePositions)
    {
        long rows = pixels.shape[2] / _config.PatchSize, columns = pixels.shape[3] / _config.PatchSize;
        if (rows == 0 || columns == 0)
            throw new ArgumentException($"A picture of {pixels.shape[3]}x{pixels.shape[2]} pixels is smaller than one patch of {_config.PatchSize}.", nameof(pixels));
        long side = _config.ImageSize / _config.PatchSize;
        var positions = interpolatePositions && (rows != side || columns != side)
            ? Interpolate(rows, columns)
            : position_embedding.weight;
        return MixedPrecision.Stream(patch_embedding.forward(pixels)).add(MixedPrecision.Stream(positions), LiveScalar.One); // [B, N, D]
    }

    // Bicubic over the grid of positions, as Hugging Face's interpolate_pos_encoding.
    private Tensor Interpolate(long rows, long columns)
    {
        long side = _config.ImageSize / _config.PatchSize;
        var grid = position_embedding.weight.reshape(1, side, side, _config.HiddenSize).permute(0, 3, 1, 2); // [1, D, side, side]
        var resized = nn.functional.interpolate(grid, size: [rows, columns], mode: InterpolationMode.Bicubic, align_corners: false);
        return resized.permute(0, 2, 3, 1).reshape(rows * columns, _config.HiddenSize);
    }
}

/// <summary>A convolution whose stride is its kernel, written as one matrix product over cut-out patches.</summary>
internal sealed class PatchEmbedding : nn.Module<Tensor, Tensor>
{
    public readonly Parameter weight; // [D, C, patch, patch]
    public readonly Parameter bias;   // [D]

    public PatchEmbedding(SiglipVisionConfig config, ScalarType dtype, Device device) : base(nameof(PatchEmbedding))
    {
        weight = FrozenParameter.Of(empty([config.HiddenSize, config.NumChannels, config.PatchSize, config.PatchSize], dtype, device));
        bias = FrozenParameter.Of(empty([config.HiddenSize], dtype, device));
        RegisterComponents();
    }

    public override Tensor forward(Tensor pixels)
    {
        long batch = pixels.shape[0], channels = weight.shape[1], patch = weight.shape[2];
        long rows = pixels.shape[2] / patch, columns = pixels.shape[3] / patch;
        var patches = pixels
            .narrow(2, 0, rows * patch).narrow(3, 0, columns * patch)
            .reshape(batch, channels, rows, patch, columns, patch)
            .permute(0, 2, 4, 1, 3, 5)                                     // [B, rows, columns, C, patch, patch]
            .reshape(batch, rows * columns, channels * patch * patch);
        return nn.functional.linear(patches.to(weight.dtype), weight.flatten(1), bias);
    }
}
