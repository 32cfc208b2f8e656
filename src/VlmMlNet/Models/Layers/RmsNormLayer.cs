using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Layers;

/// <summary>Root-mean-square normalisation over the last axis, computed in float32 whatever the weights are (as Qwen2 has it).</summary>
internal sealed class RmsNormLayer : nn.Module<Tensor, Tensor>
{
    public readonly Parameter weight;
    private readonly Scalar _epsilon;

    public RmsNormLayer(long width, double epsilon, ScalarType dtype, Device device) : base(nameof(RmsNormLayer))
    {
        weight = FrozenParameter.Of(ones([width], dtype, device));
        _epsilon = epsilon;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var wide = x.to(ScalarType.Float32);
        var scale = rsqrt(wide.square().mean([-1], keepdim: true).add(_epsilon, LiveScalar.One));
        return MixedPrecision.Beside(weight, x) * (wide * scale).to(x.dtype);
    }
}
