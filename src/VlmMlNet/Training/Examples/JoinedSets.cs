using VlmMlNet.Data.Rows;

namespace VlmMlNet.Training.Examples;

/// <summary>Reads several sets as one.</summary>
internal sealed class JoinedSets(IReadOnlyList<TrainingSet> sets)
{
    public IEnumerable<IReadOnlyList<TrainingExample>> Read(Random? order, long firstRow) => order is null ? OneByOne(firstRow) : Interleaved(order, firstRow);

    private IEnumerable<IReadOnlyList<TrainingExample>> OneByOne(long firstRow)
    {
        foreach (var set in sets)
        {
            long passed = Math.Min(firstRow, set.RowCount);
            firstRow -= passed;
            if (passed == set.RowCount)
                continue;
            foreach (var row in set.ReadRows(null, passed))
                yield return row;
        }
    }

    private IEnumerable<IReadOnlyList<TrainingExample>> Interleaved(Random order, long firstRow)
    {
        var orders = sets.Select(_ => new Random(order.Next())).ToList();
        var interleaved = new InterleavedOrder(sets.Select(s => s.RowCount), order);
        long[] passed = interleaved.Skip(firstRow);
        var rows = new IEnumerator<IReadOnlyList<TrainingExample>>?[sets.Count];
        try
        {
            while (interleaved.Next() is >= 0 and var i)
            {
                rows[i] ??= sets[i].ReadRows(orders[i], passed[i]).GetEnumerator();
                if (!rows[i]!.MoveNext())
                    throw new InvalidOperationException($"A part of the data has fewer rows than the {sets[i].RowCount} that were counted: the data has changed.");
                yield return rows[i]!.Current;
            }
        }
        finally
        {
            foreach (var opened in rows)
                opened?.Dispose();
        }
    }
}
