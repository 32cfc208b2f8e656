namespace VlmMlNet.Generation.Sampling;

/// <summary>The random numbers of one answer, which depend on nothing but what they are made of.</summary>
internal struct RandomStream
{
    private ulong _state;

    /// <param name="seed">The seed.</param>
    /// <param name="row">The prompt's place in the input.</param>
    /// <param name="answer">The answer's number among those to the prompt.</param>
    public RandomStream(int seed, long row, int answer)
    {
        _state = Mix(Mix(Mix((ulong)seed) ^ (ulong)row) ^ (ulong)answer);
    }

    /// <summary>A number from 0 to below 1.</summary>
    public double Next()
    {
        _state += Golden;
        return (Mix(_state) >> 11) * (1.0 / (1ul << 53));
    }

    private const ulong Golden = 0x9e3779b97f4a7c15;

    // The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
    private static ulong Mix(ulong x)
    {
        x += Golden;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }
}
