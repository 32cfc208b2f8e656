using Microsoft.ML;

namespace VlmMlNet.Data.Rows;

/// <summary>A view that starts at any row of any order of its own without reading what lies before.</summary>
internal interface IRowStream : IDataView
{
    /// <summary>The number of rows. Reads the data through, but for pictures, where it is not known yet.</summary>
    long CountRows();

    /// <summary>The number of conversations and, of rows without one, of captions: what training on the view learns from.</summary>
    long CountExamples();

    /// <summary>The same rows to be learned from: those that are yet to be given captions or an answer are bad rows, treated as the view's
    /// others are.</summary>
    IRowStream ToLearnFrom();

    /// <summary>A cursor that stands before a row.</summary>
    /// <param name="columnsNeeded">Columns that will be asked for.</param>
    /// <param name="order">Decides the order, which is that of a plain cursor with an equal generator; null for the data's own.</param>
    /// <param name="firstRow">Rows of the order before it.</param>
    DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? order, long firstRow);
}
