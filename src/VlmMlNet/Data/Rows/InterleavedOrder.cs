namespace VlmMlNet.Data.Rows;

/// <summary>Says which of several sources gives the next row, so that every row comes once and each source is spread evenly
/// over the whole: one is drawn with the probability of its share of what is left.</summary>
/// <param name="counts">Rows of each source.</param>
/// <param name="random">Decides the order.</param>
internal sealed class InterleavedOrder(IEnumerable<long> counts, Random random)
{
    private readonly long[] _left = [.. counts];
    private long _total = -1;

    /// <summary>The place of the next source; -1 when nothing is left.</summary>
    public int Next()
    {
        if (_total < 0)
            _total = _left.Sum();
        if (_total == 0)
            return -1;
        long drawn = random.NextInt64(_total--);
        int source = 0;
        for (; drawn >= _left[source]; source++)
            drawn -= _left[source];
        _left[source]--;
        return source;
    }

    /// <summary>Passes over the first rows; gives how many of them each source has.</summary>
    public long[] Skip(long rows)
    {
        var skipped = new long[_left.Length];
        for (; rows > 0 && Next() is >= 0 and var source; rows--)
            skipped[source]++;
        return skipped;
    }
}
