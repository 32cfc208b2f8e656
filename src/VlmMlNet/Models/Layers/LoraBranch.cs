using TorchSharp;
using VlmMlNet.Models.Lora;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Layers;

/// <summary>What an adapter that is being trained adds to a linear layer: scaling B A dropout(x).</summary>
/// <remarks>In float32 whatever the layer is. The matrices are modules of their own, so that they have PEFT's names.</remarks>
internal sealed class LoraBranch : IDisposable
{
    private readonly Scalar _scaling;
    private readonly LoraDropout? _dropout;
    private readonly int _index;

    /// <param name="layer">The layer.</param>
    /// <param name="rank">Rows of A, columns of B.</param>
    /// <param name="scaling">What the product is multiplied with.</param>
    /// <param name="dropout">What hides inputs; null for none.</param>
    /// <param name="index">Tells the layers of a model apart.</param>
    public LoraBranch(LinearLayer layer, int rank, double scaling, LoraDropout? dropout, int index)
    {
        lora_A = new LinearLayer(layer.weight.shape[1], rank, hasBias: false, ScalarType.Float32, layer.weight.device);
        lora_B = new LinearLayer(rank, layer.weight.shape[0], hasBias: false, ScalarType.Float32, layer.weight.device);
        (_scaling, _dropout, _index) = (scaling, dropout, index);
        (Rank, Scaling) = (rank, scaling);
    }

    /// <summary>[rank, inputs].</summary>
    public LinearLayer lora_A { get; }

    /// <summary>[outputs, rank].</summary>
    public LinearLayer lora_B { get; }

    public int Rank { get; }

    public double Scaling { get; }

    /// <summary>Adds it to the layer's result.</summary>
    public Tensor AddTo(Tensor result, Tensor x)
    {
        x = x.to(ScalarType.Float32);
        if (_dropout is not null)
            x = _dropout.Apply(x, _index);
        return result.add(lora_B.forward(lora_A.forward(x)).mul(_scaling).to(result.dtype), LiveScalar.One);
    }

    public void Dispose() => _scaling.Dispose();
}
