using System.Collections.Concurrent;

namespace VlmMlNet.Imaging.Resizing;

/// <summary>For every output position of one axis: the input positions that it is a weighted mean of, and their weights in
/// fixed point.</summary>
/// <remarks>The filter is stretched by the reduction factor, so that every input pixel has its share (antialiasing); positions,
/// rounding and normalisation are those of Pillow's Image.resize for 8-bit channels, which is what makes results bit-equal.</remarks>
internal sealed class ResampleWeights
{
    /// <summary>Binary places of a weight: 8 bits of value and 2 of headroom remain in an int.</summary>
    public const int FractionBits = 32 - 8 - 2;

    /// <summary>Added before <see cref="FractionBits"/> are shifted out, to round to nearest.</summary>
    public const int Half = 1 << (FractionBits - 1);

    /// <summary>A weight is high * 2^SplitBits + low, each of which fits into 16 bits (<see cref="Split"/>).</summary>
    public const int SplitBits = FractionBits / 2;

    // Data sets have few distinct sizes; one entry takes at most 512 KiB.
    private const int CacheEntries = 64, CachedWeights = 64 << 10;
    private static readonly ConcurrentDictionary<(int From, int To, Resampling Filter), ResampleWeights> s_cache = new();

    private readonly int[] _weights;
    private int[]? _split;

    private ResampleWeights(int from, int to, Resampling filter)
    {
        (From, To) = (from, to);
        double scale = (double)from / to, stretch = Math.Max(scale, 1), support = ResampleKernel.Radius(filter) * stretch, perPixel = 1 / stretch;
        Stride = (int)Math.Ceiling(support) * 2 + 1;
        First = new int[to];
        Count = new int[to];
        _weights = new int[(long)to * Stride];
        double[] exact = new double[Stride];
        for (int i = 0; i < to; i++)
        {
            double centre = (i + 0.5) * scale;
            int first = Math.Max(0, (int)(centre - support + 0.5));
            int count = Math.Min(from, (int)(centre + support + 0.5)) - first;
            double sum = 0;
            for (int k = 0; k < count; k++)
                sum += exact[k] = ResampleKernel.Weight(filter, (k + first - centre + 0.5) * perPixel);
            for (int k = 0; k < count; k++)
            {
                double weight = sum == 0 ? exact[k] : exact[k] / sum;
                _weights[(long)i * Stride + k] = (int)(weight * (1 << FractionBits) + (weight < 0 ? -0.5 : 0.5));
            }
            (First[i], Count[i]) = (first, count);
        }
    }

    /// <summary>The number of input positions.</summary>
    public int From { get; }

    /// <summary>The number of output positions.</summary>
    public int To { get; }

    /// <summary>The first input position of each output position.</summary>
    public int[] First { get; }

    /// <summary>The number of input positions of each output position, at most <see cref="Stride"/>.</summary>
    public int[] Count { get; }

    /// <summary>The most input positions that an output position has.</summary>
    public int Stride { get; }

    /// <summary>The weights of an output position: <see cref="Count"/> of them, with a sum of about 2^FractionBits.</summary>
    public ReadOnlySpan<int> Of(int output) => _weights.AsSpan(output * Stride, Count[output]);

    /// <summary>The same weights for multiplication in 16 bits, [To, stride]: of every four, filled up with zeros, four ints
    /// hold the high halves of the first and second, those of the third and fourth, and then the low halves likewise.</summary>
    public ReadOnlySpan<int> Split(out int stride)
    {
        stride = (Stride + 3) / 4 * 4;
        return _split ??= SplitAll(stride);
    }

    /// <summary>Computes weights, or takes them from a small cache.</summary>
    public static ResampleWeights Get(int from, int to, Resampling filter)
    {
        if (s_cache.TryGetValue((from, to, filter), out ResampleWeights? weights))
            return weights;
        weights = new ResampleWeights(from, to, filter);
        if (weights._weights.Length <= CachedWeights)
        {
            if (s_cache.Count >= CacheEntries)
                s_cache.Clear();
            s_cache.TryAdd((from, to, filter), weights);
        }
        return weights;
    }

    private int[] SplitAll(int stride)
    {
        int[] split = new int[(long)To * stride];
        for (int i = 0; i < To; i++)
        {
            ReadOnlySpan<int> weights = Of(i);
            Span<int> group = split.AsSpan(i * stride, stride);
            for (int k = 0; k < weights.Length; k++)
            {
                // Weights 0 and 1 of a group share an int, as do 2 and 3; the second of a pair is the upper half.
                int at = k / 4 * 4 + k % 4 / 2, shift = k % 2 * 16;
                group[at] |= ((weights[k] >> SplitBits) & 0xFFFF) << shift;
                group[at + 2] |= (weights[k] & ((1 << SplitBits) - 1)) << shift;
            }
        }
        return split;
    }
}
