namespace VlmMlNet.Data.Rows;

/// <summary>Makes a <see cref="RowIndex"/> of one pass over all rows, at hardly any cost.</summary>
internal sealed class RowIndexBuilder
{
    private readonly RowIndex _index = new();
    private RowPlace _start;
    private long _rows;

    /// <summary>Notes a good row.</summary>
    /// <param name="place">Where it starts, if reading can start there.</param>
    public void Add(RowPlace? place)
    {
        if (place is { } here && (_rows == 0 || here.Shard != _start.Shard || here.Offset - _start.Offset >= RowIndex.PartBytes))
        {
            _index.Add(_start, _rows, long.MaxValue);
            (_start, _rows) = (here, 0);
        }
        _rows++;
    }

    public RowIndex Complete()
    {
        _index.Add(_start, _rows, long.MaxValue);
        return _index;
    }
}
