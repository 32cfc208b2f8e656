using System.Numerics;

namespace VlmMlNet.Data.Rows;

/// <summary>Some of a data set's rows: one bit for each.</summary>
/// <param name="rowCount">Rows to choose from.</param>
internal sealed class RowSelection(long rowCount)
{
    private readonly ulong[] _bits = new ulong[checked((int)((rowCount + 63) / 64))];

    /// <summary>How many are chosen.</summary>
    public long Count { get; private set; }

    /// <summary>All rows.</summary>
    public static RowSelection All(long rowCount)
    {
        var all = new RowSelection(rowCount);
        for (long row = 0; row < rowCount; row++)
            all.Add(row);
        return all;
    }

    public bool Contains(long row) => (_bits[row / 64] >> (int)(row % 64) & 1) != 0;

    /// <summary>Chooses a row that was not chosen before.</summary>
    public void Add(long row)
    {
        _bits[row / 64] |= 1UL << (int)(row % 64);
        Count++;
    }

    /// <summary>How many of a stretch of rows are chosen.</summary>
    public long CountOf(long firstRow, long rows)
    {
        long count = 0, end = firstRow + rows;
        for (long word = firstRow / 64; word * 64 < end; word++)
        {
            ulong bits = _bits[word];
            if (word * 64 < firstRow)
                bits &= ulong.MaxValue << (int)(firstRow % 64);
            if (word * 64 + 64 > end)
                bits &= ulong.MaxValue >> (int)(word * 64 + 64 - end);
            count += BitOperations.PopCount(bits);
        }
        return count;
    }

    /// <summary>The chosen rows from one place among them to another.</summary>
    public RowSelection Range(long first, long count) => Where((place, _) => place >= first && place < first + count);

    /// <summary>So many of the chosen rows, each set of them with equal probability.</summary>
    /// <remarks>Selection sampling: Knuth, The Art of Computer Programming 3.4.2, algorithm S.</remarks>
    public RowSelection Sample(long count, Random random) => Where((place, taken) => random.NextInt64(Count - place) < count - taken);

    private RowSelection Where(Func<long, long, bool> isWanted)
    {
        var wanted = new RowSelection(rowCount);
        long place = 0;
        for (long row = 0; row < rowCount; row++)
        {
            if (Contains(row) && isWanted(place++, wanted.Count))
                wanted.Add(row);
        }
        return wanted;
    }
}
