using Microsoft.ML;

namespace VlmMlNet.Data.Rows;

/// <summary>A view that starts at any row of any order of its own without reading what lies before.</summary>
internal interface IRowStream : IDataView
{
    /// <summary>Whether a row's Conversation is never empty.</summary>
    bool HasConversations { get; }

    /// <summary>The number of rows. Reads the data through, but for pictures, where it is not known yet.</summary>
    long CountRows();

    /// <summary>A cursor that stands before a row.</summary>
    /// <param name="columnsNeeded">Columns that will be asked for.</param>
    /// <param name="order">Decides the order, which is that of a plain cursor with an equal generator; null for the data's own.</param>
    /// <param name="firstRow">Rows of the order before it.</param>
    DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? order, long firstRow);
}
