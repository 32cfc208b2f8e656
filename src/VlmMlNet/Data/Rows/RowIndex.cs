namespace VlmMlNet.Data.Rows;

/// <summary>The parts of a data set, in order: what makes it possible to read them in another order, or to start at any row.
/// About 50 bytes for each quarter of a megabyte of data.</summary>
internal sealed class RowIndex
{
    /// <summary>A text is divided where so many bytes have passed.</summary>
    public const long PartBytes = 256 * 1024;

    private readonly List<RowPart> _parts = [];

    public IReadOnlyList<RowPart> Parts => _parts;

    /// <summary>The number of good rows.</summary>
    public long RowCount => _parts is [.., var last] ? last.FirstRow + last.Rows : 0;

    /// <summary>Adds a part behind the last, as far as the limit on all rows allows.</summary>
    public void Add(RowPlace start, long rows, long limit)
    {
        rows = Math.Min(rows, limit - RowCount);
        if (rows > 0)
            _parts.Add(new RowPart(start, RowCount, rows));
    }

    /// <summary>The number of the part that has a row.</summary>
    public int PartOf(long row)
    {
        int low = 0, high = _parts.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_parts[middle].FirstRow <= row)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }
}
