using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Mixtures;

/// <summary>One pass over a mixture, from some row on.</summary>
/// <param name="sources">The data sets.</param>
/// <param name="isActive">Whether a column of the mixture will be asked for.</param>
/// <param name="order">Decides the order; null for one data set after the other.</param>
/// <param name="firstRow">Rows of that order that are passed over.</param>
internal sealed class MixtureReading(MixtureSource[] sources, Func<string, bool> isActive, Random? order, long firstRow) : IDisposable
{
    private readonly SourceReading?[] _readings = new SourceReading?[sources.Length];
    private InterleavedOrder? _interleaved;
    private int[]? _seeds;
    private long[]? _passed;

    /// <summary>The data set of the current row.</summary>
    public SourceReading? Current { get; private set; }

    public bool MoveNext()
    {
        if (_passed is null)
            Start();
        int place = Next();
        if (place < 0)
        {
            Current = null;
            return false;
        }
        _readings[place] ??= new SourceReading(sources[place], place, isActive, _seeds?[place], _passed![place]);
        Current = _readings[place]!;
        Current.MoveNext();
        return true;
    }

    public void Dispose()
    {
        foreach (SourceReading? reading in _readings)
            reading?.Dispose();
    }

    private void Start()
    {
        _passed = new long[sources.Length];
        if (order is not null)
        {
            _seeds = [.. sources.Select(_ => order.Next())];
            _interleaved = new InterleavedOrder(sources.Select(s => s.Rows), order);
            _passed = _interleaved.Skip(firstRow);
            return;
        }
        for (int i = 0; i < sources.Length && firstRow > 0; i++)
        {
            _passed[i] = Math.Min(firstRow, sources[i].Rows);
            firstRow -= _passed[i];
        }
    }

    private int Next()
    {
        if (_interleaved is not null)
            return _interleaved.Next();
        for (int i = 0; i < sources.Length; i++)
        {
            if ((_readings[i]?.Row ?? _passed![i]) < sources[i].Rows)
                return i;
        }
        return -1;
    }
}
