using VlmMlNet.Cpu.Packing;
using VlmMlNet.Cpu.Vision;
using VlmMlNet.Models;
using VlmMlNet.Models.Siglip;
using static TorchSharp.torch;

namespace VlmMlNet.Parts;

/// <summary>The image encoder as a TorchSharp module.</summary>
internal sealed class TorchImageEncoder : ImageEncoderPart
{
    private readonly SiglipVisionModel _module;

    /// <param name="module">Owned from now on.</param>
    public TorchImageEncoder(SiglipVisionModel module)
    {
        ArgumentNullException.ThrowIfNull(module);
        _module = module;
        module.eval();
    }

    public override SiglipVisionConfig Config => _module.Config;

    public override SiglipVisionModel Module
    {
        get
        {
            CheckHeld();
            return _module;
        }
    }

    public override WeightPrecision? ReducedPrecision => null;

    public override ScalarType WeightType => Weight.dtype;

    public override Device Device => Weight.device;

    public override long ParameterCount => ParameterCounts.Count(Module);

    public override long HeadParameterCount => Module.vision_model.head is { } head ? ParameterCounts.Count(head) : 0;

    private Tensor Weight => Module.vision_model.post_layernorm.weight;

    public override Tensor Encode(Tensor pixels) => PictureByPicture.Run(pixels, Module.forward);

    public override ImageEncoderPart WithPrecision(WeightPrecision? precision)
    {
        // A GPU keeps its floats: the kernels are the processor's.
        if (ReducedPart.IsBytes(precision) && Device.type == TorchSharp.DeviceType.CPU)
            return Run(() => new CpuImageEncoder(new PackedImageEncoder(ModelPacker.Pack(PackedVision.Factory(Config), _module))));
        Hold();
        return this;
    }

    public override void Save(IWeightTarget target) => target.Save(Module);

    protected override void Free() => _module.Dispose();
}
