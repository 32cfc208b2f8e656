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

    /// <summary>The adapter that is being trained on this layer; null on every other day.</summary>
    public LoraBranch? Adapter { get; private set; }

    /// <summary>Puts an adapter on the layer, which owns it from now on.</summary>
    public void Attach(LoraBranch adapter)
    {
        Adapter = adapter;
        register_module(nameof(adapter.lora_A), adapter.lora_A);
        register_module(nameof(adapter.lora_B), adapter.lora_B);
    }

    public override Tensor forward(Tensor x)
    {
        var y = MixedPrecision.Linear(x, weight, bias);
        return Adapter is null ? y : Adapter.AddTo(y, x);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Adapter?.Dispose();
        base.Dispose(disposing);
    }
}
