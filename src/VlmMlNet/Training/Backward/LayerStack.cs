using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Backward;

/// <summary>Layers one after another, of which only the inputs are kept.</summary>
/// <param name="layers">Each layer with its way forward.</param>
/// <param name="leave">Receives each layer's parameters when their gradients are complete.</param>
internal sealed class LayerStack(IReadOnlyList<(nn.Module Module, Func<Tensor, Tensor> Forward)> layers, Action<IEnumerable<Parameter>> leave)
{
    private readonly Tensor[] _inputs = new Tensor[layers.Count];

    /// <summary>The way forward, without recording.</summary>
    /// <param name="x">What enters the first layer; kept.</param>
    /// <returns>What leaves the last one.</returns>
    public Tensor Forward(Tensor x)
    {
        using var unrecorded = no_grad();
        for (int i = 0; i < layers.Count; i++)
        {
            _inputs[i] = x;
            x = layers[i].Forward(x);
        }
        return x;
    }

    /// <summary>The way back.</summary>
    /// <param name="gradient">Of what left the last layer.</param>
    /// <returns>The gradient of what entered the first one.</returns>
    public Tensor Backward(Tensor gradient)
    {
        using var recorded = enable_grad();
        for (int i = layers.Count - 1; i >= 0; i--)
        {
            using var scope = NewDisposeScope();
            var leaf = _inputs[i].detach().requires_grad_(true);
            layers[i].Forward(leaf).backward([gradient]);
            gradient.Dispose();
            _inputs[i].Dispose();
            gradient = leaf.grad!.MoveToOuterDisposeScope();
            leave(layers[i].Module.parameters());
        }
        return gradient;
    }
}
