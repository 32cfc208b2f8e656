namespace VlmMlNet.Training.Optimization;

/// <summary>Chance that is the same for the same step and place: what is rounded by it does not depend on threads, nor on
/// whether a run was interrupted.</summary>
internal static class Chance
{
    /// <summary>32 random bits.</summary>
    public static uint Bits(uint step, long place) => Hash((uint)place ^ Hash(step + (uint)(place >> 32)));

    /// <summary>From 0 to below 1.</summary>
    public static float Of(uint step, long place) => (Bits(step, place) >> 8) * (1f / (1 << 24));

    // The finaliser of MurmurHash3.
    private static uint Hash(uint x)
    {
        x = (x ^ (x >> 16)) * 0x85EBCA6B;
        x = (x ^ (x >> 13)) * 0xC2B2AE35;
        return x ^ (x >> 16);
    }
}
