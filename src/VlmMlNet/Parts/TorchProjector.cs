using VlmMlNet.Cpu.Packing;
using VlmMlNet.Cpu.Vision;
using VlmMlNet.Models;
using static TorchSharp.torch;

namespace VlmMlNet.Parts;

/// <summary>The projector as a TorchSharp module.</summary>
internal sealed class TorchProjector : ProjectorPart
{
    private readonly MlpProjector _module;

    /// <param name="module">Owned from now on.</param>
    public TorchProjector(MlpProjector module)
    {
        ArgumentNullException.ThrowIfNull(module);
        _module = module;
        module.eval();
    }

    public override ProjectorConfig Config => _module.Config;

    public override MlpProjector Module
    {
        get
        {
            CheckHeld();
            return _module;
        }
    }

    public override WeightPrecision? ReducedPrecision => null;

    public override ScalarType WeightType => Module.linear_1.weight.dtype;

    public override Device Device => Module.linear_1.weight.device;

    public override long ParameterCount => ParameterCounts.Count(Module);

    public override Tensor Project(Tensor patches) => PictureByPicture.Run(patches, Module.forward);

    public override ProjectorPart WithPrecision(WeightPrecision? precision)
    {
        // A GPU keeps its floats: the kernels are the processor's.
        if (ReducedPart.IsBytes(precision) && Device.type == TorchSharp.DeviceType.CPU)
            return Run(() => new CpuProjector(new PackedProjection(ModelPacker.Pack(PackedProjector.Factory(Config), _module))));
        Hold();
        return this;
    }

    public override void Save(IWeightTarget target) => target.Save(Module);

    protected override void Free() => _module.Dispose();
}
