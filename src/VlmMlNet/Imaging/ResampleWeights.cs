using System.Collections.Concurrent;

namespace VlmMlNet.Imaging;

/// <summary>For every output position of one axis: the input positions that it is a weighted mean of, and their weights in
/// fixed point.</summary>
/// <remarks>Keys' cubic convolution with a = -0.5, stretched by the reduction factor so that every input pixel has its
/// share (antialiasing); positions, rounding and normalisation are those of Pillow's Image.resize(BICUBIC) for 8-bit
/// channels, which is what makes results bit-equal.</remarks>
internal sealed class ResampleWeights
{
    /// <summary>Binary places of a weight: 8 bits of value and 2 of headroom remain in an int.</summary>
    public const int FractionBits = 32 - 8 - 2;

    private const double A = -0.5, Radius = 2;

    // Data sets have few distinct sizes; one entry holds at most 256 KiB.
    private const int CacheEntries = 64, CachedWeights = 64 << 10;
    private static readonly ConcurrentDictionary<(int From, int To), ResampleWeights> s_cache = new();

    private ResampleWeights(int from, int to)
    {
        double scale = (double)from / to, stretch = Math.Max(scale, 1), support = Radius * stretch, perPixel = 1 / stretch;
        Stride = (int)Math.Ceiling(support) * 2 + 1;
        First = new int[to];
        Count = new int[to];
        Weights = new int[(long)to * Stride];
        Span<double> exact = Stride <= 256 ? stackalloc double[Stride] : new double[Stride];
        for (int i = 0; i < to; i++)
        {
            double centre = (i + 0.5) * scale;
            int first = Math.Max(0, (int)(centre - support + 0.5));
            int count = Math.Min(from, (int)(centre + support + 0.5)) - first;
            double sum = 0;
            for (int k = 0; k < count; k++)
                sum += exact[k] = Cubic((k + first - centre + 0.5) * perPixel);
            for (int k = 0; k < count; k++)
            {
                double weight = sum == 0 ? exact[k] : exact[k] / sum;
                Weights[(long)i * Stride + k] = (int)(weight * (1 << FractionBits) + (weight < 0 ? -0.5 : 0.5));
            }
            (First[i], Count[i]) = (first, count);
        }
    }

    /// <summary>The first input position of each output position.</summary>
    public int[] First { get; }

    /// <summary>The number of input positions of each output position.</summary>
    public int[] Count { get; }

    /// <summary>[output, Stride]: weights that sum to about 1 &lt;&lt; FractionBits.</summary>
    public int[] Weights { get; }

    /// <summary>The length of a row of weights.</summary>
    public int Stride { get; }

    /// <summary>Computes weights, or takes them from a small cache.</summary>
    public static ResampleWeights Get(int from, int to)
    {
        if (s_cache.TryGetValue((from, to), out ResampleWeights? weights))
            return weights;
        weights = new ResampleWeights(from, to);
        if (weights.Weights.Length <= CachedWeights)
        {
            if (s_cache.Count >= CacheEntries)
                s_cache.Clear();
            s_cache.TryAdd((from, to), weights);
        }
        return weights;
    }

    private static double Cubic(double x)
    {
        x = Math.Abs(x);
        return x < 1 ? ((A + 2) * x - (A + 3)) * x * x + 1
            : x < 2 ? (((x - 5) * x + 8) * x - 4) * A
            : 0;
    }
}
