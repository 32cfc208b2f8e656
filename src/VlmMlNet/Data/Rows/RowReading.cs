namespace VlmMlNet.Data.Rows;

/// <summary>One pass over a source, or over a part of it.</summary>
/// <param name="isActive">Whether a column, by name, will be asked for: what it alone needs can be left unread otherwise.</param>
/// <param name="badRows">Takes the rows that cannot be used: throws, or notes them.</param>
/// <param name="start">Where the pass starts: the beginning, or a place that an earlier pass had noted.</param>
internal sealed class RowReading(Func<string, bool> isActive, BadRowLog.Pass badRows, RowPlace start)
{
    private RowPlace? _place = start;
    private int _shard = start.Shard;

    public Func<string, bool> IsActive { get; } = isActive;

    public BadRowLog.Pass BadRows { get; } = badRows;

    /// <summary>Where the current file is read from.</summary>
    public RowPlace Start { get; private set; } = start;

    /// <summary>The file and the place of the row that comes next or has just come; null where the source does not say them.</summary>
    public (string Path, long Row, (long Line, long? Offset)? Place)? Current { get; private set; }

    /// <summary>Says where the row that comes next stands, for messages.</summary>
    public void At(string path, long row, (long Line, long? Offset)? place = null) => Current = (path, row, place);

    /// <summary>Says that the row that comes next starts here, and that reading can start here too. The first row of a file
    /// is such a place without being noted.</summary>
    public void Note(long row, long offset, long line) => _place = new RowPlace(_shard, row, offset, line);

    /// <inheritdoc cref="Note(long, long, long)"/>
    public void Note(RowPlace place) => Note(place.Row, place.Offset, place.Line);

    /// <summary>Turns to another file, which is read from its beginning.</summary>
    public void Turn(int shard) => _place = Start = new RowPlace(_shard = shard, 0, 0, 0);

    /// <summary>Gives the place that was noted for the row that has just come.</summary>
    public RowPlace? TakePlace()
    {
        RowPlace? place = _place;
        _place = null;
        return place;
    }
}
