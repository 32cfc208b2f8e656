using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Layers;

/// <summary>A table of vectors, one row per id.</summary>
internal sealed class EmbeddingLayer : nn.Module<Tensor, Tensor>
{
    public readonly Parameter weight; // [count, width]

    public EmbeddingLayer(long count, long width, ScalarType dtype, Device device) : base(nameof(EmbeddingLayer))
    {
        weight = FrozenParameter.Of(empty([count, width], dtype, device));
        RegisterComponents();
    }

    // [..] -> [.., width]
    public override Tensor forward(Tensor ids) => MixedPrecision.Stream(weight.index_select(0, ids.flatten()).view([.. ids.shape, weight.shape[1]]));
}
