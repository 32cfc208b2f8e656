using VlmMlNet.Models.Layers;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Lora;

/// <summary>What training by <see cref="LoraOptions"/> has learned of a language model or an image encoder: for some of its linear
/// layers two thin matrices, whose product is what the layer's weights have changed by since the model was loaded.</summary>
/// <remarks>Models that have one compute with merged weights. Saved as an adapter folder of PEFT, it can be applied to the backbone
/// that it was trained on, here or elsewhere.</remarks>
public sealed class LoraAdapter
{
    private readonly Dictionary<string, LoraMatrices> _layers;

    internal LoraAdapter(IEnumerable<LoraMatrices> layers, double dropout = 0, string? baseModel = null)
    {
        _layers = layers.ToDictionary(l => l.Layer, StringComparer.Ordinal);
        (Dropout, BaseModel) = (dropout, baseModel);
    }

    /// <summary>The names of the layers that it changes, such as <c>model.layers.0.self_attn.q_proj</c>, in alphabetical order.</summary>
    public IReadOnlyList<string> LayerNames => [.. _layers.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The largest rank of a layer.</summary>
    public int Rank => _layers.Values.Max(l => l.Rank);

    /// <summary>How many numbers it has.</summary>
    public long ParameterCount => _layers.Values.Sum(l => (long)l.A.Length + l.B.Length);

    /// <summary>The matrices.</summary>
    internal IReadOnlyCollection<LoraMatrices> Layers => _layers.Values;

    /// <summary>What it was trained with, for its configuration.</summary>
    internal double Dropout { get; }

    /// <summary>The model that it belongs to, as its maker names it.</summary>
    internal string? BaseModel { get; }

    /// <summary>What is added by this one and, after it, by another.</summary>
    internal LoraAdapter And(LoraAdapter later) => new(
        _layers.Keys.Union(later._layers.Keys).Select(name => !later._layers.TryGetValue(name, out var second) ? _layers[name]
            : _layers.TryGetValue(name, out var first) ? first.And(second) : second), later.Dropout, BaseModel);

    /// <summary>Throws where a layer is absent from a module, or of another shape.</summary>
    /// <exception cref="ArgumentException">The message names the layer.</exception>
    internal void CheckFits(nn.Module module)
    {
        var layers = module.named_modules().ToDictionary(m => m.name, m => m.module);
        foreach (var matrices in _layers.Values)
        {
            if (!layers.TryGetValue(matrices.Layer, out var child) || child is not LinearLayer layer)
                throw new ArgumentException($"The adapter is for a layer '{matrices.Layer}', which the model does not have.");
            if (layer.weight.shape[0] != matrices.Outputs || layer.weight.shape[1] != matrices.Inputs)
                throw new ArgumentException($"The adapter is for a layer '{matrices.Layer}' of {matrices.Inputs} inputs and {matrices.Outputs} outputs; the model's has {layer.weight.shape[1]} and {layer.weight.shape[0]}.");
        }
    }

    /// <summary>Adds the adapter to a module's weights, in place.</summary>
    /// <param name="module">Not in use yet.</param>
    /// <exception cref="ArgumentException">It does not fit. Nothing is changed then.</exception>
    internal void MergeInto(nn.Module module)
    {
        CheckFits(module);
        using var unrecorded = no_grad();
        foreach (var (name, child) in module.named_modules())
        {
            if (!_layers.TryGetValue(name, out var matrices))
                continue;
            var weight = ((LinearLayer)child).weight;
            using var merged = matrices.Merge(weight);
            weight.copy_(merged);
        }
    }

    /// <summary>Makes a module that has the adapter added to another's weights, and shares those that it does not change.</summary>
    /// <param name="from">Stays as it is.</param>
    /// <param name="to">A module of the same shape, type and device, whose weights are not defined yet.</param>
    /// <exception cref="ArgumentException">It does not fit.</exception>
    internal TModule Merge<TModule>(TModule from, TModule to) where TModule : nn.Module
    {
        CheckFits(from);
        using var unrecorded = no_grad();
        SharedWeights.Share(from, to);
        var sources = from.named_modules().ToDictionary(m => m.name, m => m.module);
        foreach (var (name, child) in to.named_modules())
        {
            if (!_layers.TryGetValue(name, out var matrices))
                continue;
            using var merged = matrices.Merge(((LinearLayer)sources[name]).weight);
            ((LinearLayer)child).weight.set_(merged); // away from the shared memory
        }
        return to;
    }
}
