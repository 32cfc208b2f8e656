using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Layers;

/// <summary>Layer normalisation over the last axis, with scale and shift.</summary>
internal sealed class NormLayer : nn.Module<Tensor, Tensor>
{
    public readonly Parameter weight;
    public readonly Parameter bias;
    private readonly double _epsilon;

    public NormLayer(long width, double epsilon, ScalarType dtype, Device device) : base(nameof(NormLayer))
    {
        weight = FrozenParameter.Of(ones([width], dtype, device));
        bias = FrozenParameter.Of(zeros([width], dtype, device));
        _epsilon = epsilon;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => nn.functional.layer_norm(x, [weight.shape[0]], MixedPrecision.Beside(weight, x), MixedPrecision.Beside(bias, x), _epsilon);
}
