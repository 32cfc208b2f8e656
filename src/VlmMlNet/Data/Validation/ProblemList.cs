namespace VlmMlNet.Data.Validation;

/// <summary>Counts problems and keeps the first of them, by the order of their rows.</summary>
/// <param name="kept">Most that are kept.</param>
internal sealed class ProblemList(int kept)
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<DataProblem, (int File, long Place)> _last = new(Comparer<(int, long)>.Create((a, b) => b.CompareTo(a)));    // the one that has to go first is that of the last row

    public long Count { get; private set; }

    /// <summary>Adds a problem; from any thread.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="order">Its place among the others: a file, and a place in it.</param>
    public void Add(DataProblem problem, (int File, long Place) order)
    {
        lock (_lock)
        {
            Count++;
            if (_last.Count < kept)
                _last.Enqueue(problem, order);
            else if (kept > 0)
                _last.EnqueueDequeue(problem, order);
        }
    }

    /// <summary>Those that are kept, in order.</summary>
    public IReadOnlyList<DataProblem> First()
    {
        lock (_lock)
            return [.. _last.UnorderedItems.OrderBy(item => item.Priority).Select(item => item.Element)];
    }
}
