namespace VlmMlNet.Runtime;

/// <summary>SplitMix64 (Steele, Lea and Flood, 2014).</summary>
internal static class SplitMix64
{
    /// <summary>What a generator's state grows by from number to number.</summary>
    public const ulong Increment = 0x9E3779B97F4A7C15;

    /// <summary>The number that follows a state: every bit of it reaches every bit of the result, so that neighbours become unrelated.</summary>
    public static ulong Mix(ulong x)
    {
        x += Increment;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
