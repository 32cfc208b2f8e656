namespace VlmMlNet.Training.Examples;

/// <summary>Examples that can be read again and again in the same order, without ever being in memory together.</summary>
public sealed class TrainingSet
{
    private readonly ExampleRows _rows;

    /// <summary>Examples that some code gives one by one.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="read">Reads them from the start, the same ones each time.</param>
    public TrainingSet(long count, Func<IEnumerable<TrainingExample>> read)
        : this(count, count, (_, first) => Skip(read(), first).Select(One))
    {
        ArgumentNullException.ThrowIfNull(read);
    }

    internal TrainingSet(long count, long rowCount, ExampleRows rows) => (Count, RowCount, _rows) = (count, rowCount, rows);

    /// <summary>How many examples one pass has.</summary>
    public long Count { get; }

    /// <summary>How many rows of the source one pass reads.</summary>
    internal long RowCount { get; }

    /// <summary>Examples in memory.</summary>
    public static TrainingSet FromList(IReadOnlyList<TrainingExample> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return new(examples.Count, examples.Count, Rows);

        IEnumerable<IReadOnlyList<TrainingExample>> Rows(Random? order, long first)
        {
            int[] places = [.. Enumerable.Range(0, examples.Count)];
            order?.Shuffle(places);
            for (long i = first; i < places.Length; i++)
                yield return One(examples[places[i]]);
        }
    }

    /// <summary>Several sets as one. Shuffled, each is spread evenly over the whole; else one follows the other.</summary>
    /// <param name="sets">At least one.</param>
    public static TrainingSet Concat(IReadOnlyList<TrainingSet> sets)
    {
        ArgumentNullException.ThrowIfNull(sets);
        ArgumentOutOfRangeException.ThrowIfZero(sets.Count, nameof(sets));
        return sets is [var single] ? single : new(sets.Sum(s => s.Count), sets.Sum(s => s.RowCount), new JoinedSets(sets).Read);
    }

    /// <summary>One pass, in the order of the source.</summary>
    public IEnumerable<TrainingExample> Read() => ReadRows(null, 0).SelectMany(row => row);

    /// <summary>One pass in an order that the seed decides, through a window of bounded size: parts of the source (files, row
    /// groups) change places, and the examples within the window. A set smaller than the window is shuffled wholly.</summary>
    /// <param name="seed">Equal seeds and epochs give equal orders.</param>
    /// <param name="epoch">The pass.</param>
    /// <param name="bufferSize">Most examples held.</param>
    /// <param name="bufferBytes">Most bytes of encoded pictures held.</param>
    public IEnumerable<TrainingExample> ReadShuffled(long seed, int epoch, int bufferSize = 16384, long bufferBytes = 256L << 20)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bufferSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bufferBytes);
        return new ExampleStream(this, seed, epoch, new ShuffleWindow(bufferSize, bufferBytes)).Read().Select(e => e.Example);
    }

    /// <summary>The same set with each example changed.</summary>
    /// <param name="change">Gives the same for the same, whatever came before it.</param>
    public TrainingSet Select(Func<TrainingExample, TrainingExample> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new(Count, RowCount, (order, first) => ReadRows(order, first).Select(row => (IReadOnlyList<TrainingExample>)[.. row.Select(change)]));
    }

    /// <summary>The first examples alone.</summary>
    /// <param name="count">At most so many.</param>
    internal TrainingSet Take(long count) => count >= Count ? this : new TrainingSet(count, () => Read().Take((int)Math.Min(count, int.MaxValue)));

    internal IEnumerable<IReadOnlyList<TrainingExample>> ReadRows(Random? order, long firstRow) => _rows(order, firstRow);

    private static IReadOnlyList<TrainingExample> One(TrainingExample example) => [example];

    private static IEnumerable<TrainingExample> Skip(IEnumerable<TrainingExample> examples, long count) => count == 0 ? examples : examples.Where(_ => --count < 0);
}
