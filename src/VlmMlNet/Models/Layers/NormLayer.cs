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
        weight = new Parameter(ones([width], dtype, device), requires_grad: false);
        bias = new Parameter(zeros([width], dtype, device), requires_grad: false);
        _epsilon = epsilon;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => nn.functional.layer_norm(x, [weight.shape[0]], weight, bias, _epsilon);
}
