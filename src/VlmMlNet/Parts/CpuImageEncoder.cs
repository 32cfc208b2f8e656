using VlmMlNet.Cpu.Vision;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Tensors;
using static TorchSharp.torch;

namespace VlmMlNet.Parts;

/// <summary>The image encoder, without its pooling head, with weights in bytes.</summary>
/// <param name="encoder">Owned from now on. Its passes take turns by themselves.</param>
internal sealed class CpuImageEncoder(PackedImageEncoder encoder) : ImageEncoderPart
{
    /// <summary>What runs it.</summary>
    public PackedImageEncoder Encoder => encoder;

    public override SiglipVisionConfig Config { get; } = encoder.Weights.Config with { UseHead = false };

    public override SiglipVisionModel Module => throw ReducedPart.NoModule("image encoder", encoder.Weights.Precision, "encoding");

    public override WeightPrecision? ReducedPrecision => encoder.Weights.Precision;

    public override ScalarType WeightType => ScalarType.Float32;

    public override Device Device => CPU;

    public override long ParameterCount => encoder.Weights.ParameterCount;

    public override long HeadParameterCount => 0;

    public override Tensor Encode(Tensor pixels)
    {
        Shape.Check(pixels, nameof(pixels), -1, Config.NumChannels, Config.ImageSize, Config.ImageSize);
        return encoder.Encode(pixels);
    }

    public override ImageEncoderPart WithPrecision(WeightPrecision? precision)
    {
        ReducedPart.CheckIsBytes(precision);
        Hold();
        return this;
    }

    public override void Save(IWeightTarget target) => target.Save(encoder.Weights);

    protected override void Free() => encoder.Dispose();
}
