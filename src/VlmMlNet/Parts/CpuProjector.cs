using VlmMlNet.Cpu.Vision;
using VlmMlNet.Models;
using VlmMlNet.Tensors;
using static TorchSharp.torch;

namespace VlmMlNet.Parts;

/// <summary>The projector with weights in bytes.</summary>
/// <param name="projection">Owned from now on. Its passes take turns by themselves.</param>
internal sealed class CpuProjector(PackedProjection projection) : ProjectorPart
{
    /// <summary>What runs it.</summary>
    public PackedProjection Projection => projection;

    public override ProjectorConfig Config => projection.Weights.Config;

    public override MlpProjector Module => throw ReducedPart.NoModule("projector", projection.Weights.Precision, "projecting");

    public override WeightPrecision? ReducedPrecision => projection.Weights.Precision;

    public override ScalarType WeightType => ScalarType.Float32;

    public override Device Device => CPU;

    public override long ParameterCount => projection.Weights.ParameterCount;

    public override Tensor Project(Tensor patches)
    {
        Shape.Check(patches, nameof(patches), -1, -1, Config.VisionHiddenSize);
        return projection.Project(patches);
    }

    public override ProjectorPart WithPrecision(WeightPrecision? precision)
    {
        ReducedPart.CheckIsBytes(precision);
        Hold();
        return this;
    }

    public override void Save(IWeightTarget target) => target.Save(projection.Weights);

    protected override void Free() => projection.Dispose();
}
