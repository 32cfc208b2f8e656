namespace VlmMlNet.Training.Examples;

/// <summary>Random numbers that depend on nothing but the given numbers: equal on every machine and in every process.</summary>
internal static class SeededRandom
{
    /// <summary>A generator for one purpose: a seed and, say, an epoch and an example's number.</summary>
    public static Random For(long seed, long first, long second = 0) => new((int)Mix(Mix(Mix((ulong)seed) ^ (ulong)first) ^ (ulong)second));

    /// <summary>A generator for texts: equal texts give equal numbers.</summary>
    public static Random For(params ReadOnlySpan<string> texts)
    {
        ulong hash = (ulong)texts.Length;
        foreach (string text in texts)
        {
            foreach (char letter in text)
                hash = Mix(hash ^ letter);
            hash = Mix(hash ^ ((ulong)text.Length << 16));
        }
        return new Random((int)hash);
    }

    // The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit.
    private static ulong Mix(ulong x)
    {
        x += 0x9e3779b97f4a7c15;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }
}
