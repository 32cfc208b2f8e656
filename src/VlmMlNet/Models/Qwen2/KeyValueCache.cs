using static TorchSharp.torch;

namespace VlmMlNet.Models.Qwen2;

/// <summary>Keys and values of the tokens that a decoder has seen, in memory allocated once for a known longest sequence.</summary>
/// <remarks>A cache is valid under the hybrid and the causal mask: there no token's keys depend on a later token. Under the
/// bidirectional mask they do, so nothing can be cached.</remarks>
public sealed class KeyValueCache : IDisposable
{
    private readonly Tensor[] _keys, _values; // [B, KV, capacity, D] each

    /// <summary>Allocates an empty cache.</summary>
    /// <param name="config">The decoder's shape.</param>
    /// <param name="batch">Sequences decoded side by side.</param>
    /// <param name="capacity">Longest sequence in tokens, prompt and answer together.</param>
    /// <param name="dtype">The decoder's type.</param>
    /// <param name="device">The decoder's device.</param>
    public KeyValueCache(Qwen2Config config, int batch, int capacity, ScalarType dtype = ScalarType.Float32, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        Batch = batch;
        Capacity = capacity;
        long[] shape = [batch, config.NumKeyValueHeads, capacity, config.HeadSize];
        _keys = Allocate(config.NumHiddenLayers, shape, dtype, device ?? CPU);
        _values = Allocate(config.NumHiddenLayers, shape, dtype, device ?? CPU);
    }

    /// <summary>Sequences decoded side by side.</summary>
    public int Batch { get; }

    /// <summary>Longest sequence in tokens.</summary>
    public int Capacity { get; }

    /// <summary>Tokens held now.</summary>
    public int Length { get; private set; }

    /// <summary>Writes the new tokens' keys and values of one layer; returns those of all tokens as views, [B, KV, Length + T, D].</summary>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values)
    {
        long count = keys.shape[2];
        if (keys.shape[0] != Batch)
            throw new ArgumentException($"The cache holds {Batch} sequences, {keys.shape[0]} were given.", nameof(keys));
        if (Length + count > Capacity)
            throw new InvalidOperationException($"The key-value cache holds {Capacity} tokens; {Length + count} are needed.");
        _keys[layer].narrow(2, Length, count).copy_(keys);
        _values[layer].narrow(2, Length, count).copy_(values);
        return (_keys[layer].narrow(2, 0, Length + count), _values[layer].narrow(2, 0, Length + count));
    }

    internal void Advance(int count) => Length += count;

    /// <summary>Forgets the tokens from a place on.</summary>
    internal void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    /// <summary>Takes over the tokens of a cache of the same shape.</summary>
    internal void CopyFrom(KeyValueCache other)
    {
        using var scope = NewDisposeScope();
        Length = other.Length;
        foreach (var (mine, theirs) in _keys.Concat(_values).Zip(other._keys.Concat(other._values)))
            mine.narrow(2, 0, Length).copy_(theirs.narrow(2, 0, Length));
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        foreach (var tensor in _keys.Concat(_values))
            tensor.Dispose();
    }

    private static Tensor[] Allocate(int layers, long[] shape, ScalarType dtype, Device device)
    {
        var tensors = new Tensor[layers];
        for (int i = 0; i < layers; i++)
            tensors[i] = zeros(shape, dtype, device).DetachFromDisposeScope(); // it lives as long as the cache
        return tensors;
    }
}
