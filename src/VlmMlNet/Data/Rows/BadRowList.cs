namespace VlmMlNet.Data.Rows;

/// <summary>Counts the rows that are left out and keeps the first of them: <c>options.OnBadRow = list.Add</c>.</summary>
/// <param name="kept">Most rows that are kept.</param>
public sealed class BadRowList(int kept = 100)
{
    private readonly Lock _lock = new();
    private readonly List<BadRow> _first = [];

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>The first of them, in the order in which they were met.</summary>
    public IReadOnlyList<BadRow> First
    {
        get
        {
            lock (_lock)
                return [.. _first];
        }
    }

    /// <summary>Adds a row. May be called from any thread.</summary>
    public void Add(BadRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        lock (_lock)
        {
            Count++;
            if (_first.Count < kept)
                _first.Add(row);
        }
    }
}
