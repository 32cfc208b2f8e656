using TorchSharp.Modules;
using VlmMlNet.Models.Layers;
using VlmMlNet.Runtime;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Qwen2;

/// <summary>Token embeddings, decoder layers and the last norm.</summary>
internal sealed class Qwen2Model : nn.Module
{
    public readonly EmbeddingLayer embed_tokens;
    public readonly ModuleList<Qwen2DecoderLayer> layers;
    public readonly RmsNormLayer norm;
    private readonly Qwen2Config _config;

    public Qwen2Model(Qwen2Config config, ScalarType dtype, Device device) : base(nameof(Qwen2Model))
    {
        _config = config;
        embed_tokens = new EmbeddingLayer(config.VocabSize, config.HiddenSize, dtype, device);
        layers = new ModuleList<Qwen2DecoderLayer>(
            Enumerable.Range(0, config.NumHiddenLayers).Select(i => new Qwen2DecoderLayer(config, i, dtype, device)).ToArray());
        norm = new RmsNormLayer(config.HiddenSize, config.RmsNormEps, dtype, device);
        RegisterComponents();
    }

    public Tensor Hidden(Tensor x, Tensor positionIds, Tensor? mask, KeyValueCache? cache, ICollection<Tensor>? hiddenStates)
    {
        TorchThreads.Join();
        var (cos, sin) = Angles(positionIds, x);
        hiddenStates?.Add(x);
        for (int i = 0; i < layers.Count; i++)
        {
            x = layers[i].Decode(x, cos, sin, mask, cache);
            if (i < layers.Count - 1)
                hiddenStates?.Add(x);
        }
        cache?.Advance((int)x.shape[1]);
        x = norm.forward(x);
        hiddenStates?.Add(x);
        return x;
    }

    /// <summary>Cosines and sines of the positions, for <paramref name="x"/>.</summary>
    public (Tensor Cos, Tensor Sin) Angles(Tensor positionIds, Tensor x) => RotaryEmbedding.Angles(positionIds, _config.HeadSize, _config.RopeTheta, x.dtype);
}
