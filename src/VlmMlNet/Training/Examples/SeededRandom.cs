using VlmMlNet.Runtime;

namespace VlmMlNet.Training.Examples;

/// <summary>Random numbers that depend on nothing but the given numbers: equal on every machine and in every process.</summary>
internal static class SeededRandom
{
    /// <summary>A generator for one purpose: a seed and, say, an epoch and an example's number.</summary>
    public static Random For(long seed, long first, long second = 0) => new((int)SplitMix64.Mix(SplitMix64.Mix(SplitMix64.Mix((ulong)seed) ^ (ulong)first) ^ (ulong)second));

    /// <summary>A generator for texts: equal texts give equal numbers.</summary>
    public static Random For(params ReadOnlySpan<string> texts)
    {
        ulong hash = (ulong)texts.Length;
        foreach (string text in texts)
        {
            foreach (char letter in text)
                hash = SplitMix64.Mix(hash ^ letter);
            hash = SplitMix64.Mix(hash ^ ((ulong)text.Length << 16));
        }
        return new Random((int)hash);
    }
}
