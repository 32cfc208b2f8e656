using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Layers;

/// <summary>y = x Wᵀ + b over the last axis. Unlike TorchSharp's Linear it allocates without drawing random numbers:
/// weights come from a file or from a seeded <see cref="WeightInitializer"/>.</summary>
internal sealed class LinearLayer : nn.Module<Tensor, Tensor>
{
    public readonly Parameter weight; // [outputs, inputs]
    public readonly Parameter? bias;  // [outputs]

    public LinearLayer(long inputs, long outputs, bool hasBias, ScalarType dtype, Device device) : base(nameof(LinearLayer))
    {
        weight = FrozenParameter.Of(empty([outputs, inputs], dtype, device));
        bias = hasBias ? FrozenParameter.Of(empty([outputs], dtype, device)) : null;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => nn.functional.linear(x, weight, bias!);
}
