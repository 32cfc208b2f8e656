using VlmMlNet.Runtime;

namespace VlmMlNet.Data.Scenes;

/// <summary>SplitMix64 (Steele, Lea and Flood, 2014): the same numbers on every runtime, and an independent stream for
/// every (seed, stream, index), so that one scene more does not change the scenes before it.</summary>
internal sealed class SceneRandom
{
    private ulong _state;

    public SceneRandom(ulong seed) => _state = seed;

    public SceneRandom(int seed, int stream, int index)
        : this(SplitMix64.Mix(SplitMix64.Mix(SplitMix64.Mix((ulong)seed) + (ulong)stream) + (ulong)index))
    {
    }

    public ulong NextUInt64()
    {
        ulong next = SplitMix64.Mix(_state);
        _state += SplitMix64.Increment;
        return next;
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double Between(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Uniform in [0, count).</summary>
    public int Next(int count) => (int)Math.BigMul(NextUInt64(), (ulong)count, out _);

    public bool Chance(double probability) => NextDouble() < probability;

    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    public T Pick<T>() where T : struct, Enum => Pick(Enum.GetValues<T>());

    /// <summary>The index of a weight, chosen in proportion to the weights.</summary>
    public int PickIndex(ReadOnlySpan<double> weights)
    {
        double total = 0;
        foreach (double weight in weights)
            total += weight;
        double left = NextDouble() * total;
        for (int i = 0; i < weights.Length - 1; i++)
        {
            left -= weights[i];
            if (left < 0)
                return i;
        }
        return weights.Length - 1;
    }

    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
