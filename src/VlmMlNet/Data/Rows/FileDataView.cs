using Microsoft.ML;
using Microsoft.ML.Data;

namespace VlmMlNet.Data.Rows;

/// <summary>A view of files in one format, whatever the format's rows are.</summary>
internal abstract class FileDataView : IRowStream
{
    public abstract DataViewSchema Schema { get; }

    /// <summary>True: a cursor that is given a generator of random numbers reads the parts of the data (files, row groups,
    /// stretches of a file) in an order that these decide.</summary>
    public bool CanShuffle => true;

    public bool HasConversations => Schema.GetColumnOrNull(VisionLanguageColumns.Conversation) is not null;

    /// <summary>The file, as messages name it.</summary>
    public abstract string Path { get; }

    /// <summary>Whether bad rows are left out.</summary>
    public abstract bool SkipsBadRows { get; }

    public abstract long? GetRowCount();

    public abstract long CountRows();

    public long CountExamples() => HasConversations ? CountRows() : CountCaptions(null);

    IRowStream IRowStream.ToLearnFrom() => ToLearnFrom();

    /// <inheritdoc cref="IRowStream.ToLearnFrom"/>
    public abstract FileDataView ToLearnFrom();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => GetRowCursor(columnsNeeded, rand, 0);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? order, long firstRow) => GetRowCursor(columnsNeeded, order, firstRow, null);

    /// <summary>A cursor over some of the rows.</summary>
    /// <param name="columnsNeeded">Columns that will be asked for.</param>
    /// <param name="order">Decides the order; null for the files' own.</param>
    /// <param name="firstRow">Chosen rows of that order that are passed over.</param>
    /// <param name="selection">The chosen rows; null for all.</param>
    public abstract DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? order, long firstRow, RowSelection? selection);

    /// <summary>Counts the captions of the chosen rows, by a pass without pictures.</summary>
    public long CountCaptions(RowSelection? selection)
    {
        if (Schema.GetColumnOrNull(VisionLanguageColumns.Captions) is not { } column)
            return 0;
        using DataViewRowCursor cursor = GetRowCursor([column], null, 0, selection);
        var getCaptions = cursor.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column);
        VBuffer<ReadOnlyMemory<char>> captions = default;
        long count = 0;
        while (cursor.MoveNext())
        {
            getCaptions(ref captions);
            count += captions.Length;
        }
        return count;
    }
}
