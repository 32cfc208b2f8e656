using TorchSharp.Modules;
using VlmMlNet.Models.Layers;
using VlmMlNet.Models.Lora;
using VlmMlNet.Runtime;
using static TorchSharp.torch;

namespace VlmMlNet.Training;

/// <summary>A part that is trained by adapters: its weights stay where they are, shared with the model before, and its linear layers
/// have adapters on them.</summary>
internal sealed class AdapterTraining<TModule> : IDisposable where TModule : nn.Module
{
    // No part of captioning: an adapter on it would learn nothing.
    private const string PoolingHead = "vision_model.head.";

    private readonly IReadOnlyList<(string Name, LinearLayer Layer)> _layers;
    private readonly LoraDropout? _dropout;
    private readonly double _dropoutShare;

    /// <param name="weights">Whose weights are shared.</param>
    /// <param name="module">A module of the same shape, type and device, whose weights are not defined yet; owned from now on.</param>
    /// <param name="options">The layers and their ranks.</param>
    /// <param name="seed">Decides where A begins; B begins at 0, so that the whole begins as the model before.</param>
    /// <exception cref="ArgumentException">A layer that is named does not exist.</exception>
    public AdapterTraining(TModule weights, TModule module, LoraOptions options, long seed)
    {
        Module = module;
        _dropoutShare = options.Dropout;
        _dropout = options.Dropout > 0 ? new LoraDropout(options.Dropout) : null;
        try
        {
            SharedWeights.Share(weights, module);
            var config = LoraConfig.Of(options);
            _layers = [.. config.Targets.Find(module).Where(t => !t.Name.StartsWith(PoolingHead, StringComparison.Ordinal))];
            for (int i = 0; i < _layers.Count; i++)
                Attach(_layers[i].Layer, new LoraBranch(_layers[i].Layer, config.RankOf(_layers[i].Name), config.ScalingOf(_layers[i].Name), _dropout, i), SplitMix64.Mix(SplitMix64.Mix((ulong)seed) + (ulong)i));
            module.train();
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <summary>The part with its adapters.</summary>
    public TModule Module { get; }

    /// <summary>Begins a batch: it decides which inputs are hidden from the adapters.</summary>
    public void BeginBatch(long seed, long step, int batch) => _dropout?.Begin(seed, step, batch);

    /// <summary>From here on nothing is hidden.</summary>
    public void EndBatch() => _dropout?.End();

    /// <summary>What was learned.</summary>
    public LoraAdapter Adapter() => new(_layers.Select(l => new LoraMatrices(l.Name, l.Layer.Adapter!.Rank, l.Layer.Adapter.Scaling,
        Floats(l.Layer.Adapter.lora_A.weight), Floats(l.Layer.Adapter.lora_B.weight))), _dropoutShare);

    public void Dispose() => Module.Dispose();

    // PEFT's beginning: Kaiming's uniform distribution with a = √5, which is ±1/√inputs.
    private static void Attach(LinearLayer layer, LoraBranch branch, ulong seed)
    {
        using var unrecorded = no_grad();
        layer.Attach(branch);
        using var generator = new Generator(seed, layer.weight.device);
        double bound = 1 / Math.Sqrt(layer.weight.shape[1]);
        branch.lora_A.weight.uniform_(-bound, bound, generator);
        branch.lora_B.weight.zero_();
        foreach (Parameter parameter in new[] { branch.lora_A.weight, branch.lora_B.weight })
            parameter.requires_grad = true;
    }

    private static float[] Floats(Tensor matrix)
    {
        using var local = matrix.detach().cpu();
        return local.data<float>().ToArray();
    }
}
