using Microsoft.ML;

namespace VlmMlNet.Components.Batching;

/// <summary>A lazy view of a source with the columns of a mapping added. Nothing is computed before an added column's getter
/// is called; then one batch is.</summary>
/// <remarks>Every cursor has its own batch, so that several may be open at once. Two source cursors run in step below each:
/// one stands on the row that the user sees, the other reads a batch ahead. The source must therefore give the same rows
/// in the same order every time.</remarks>
internal sealed class BatchedDataView(IDataView source, BatchMapping mapping) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema => mapping.OutputSchema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        bool[] active = mapping.Flags(columnsNeeded);
        var passed = source.Schema.Where(c => active[c.Index]);
        if (!mapping.NeedsAdded(active))
            return new BatchedCursor(mapping, active, source.GetRowCursor(passed), null, []);

        int inputs = mapping.InputSchema.Count;
        var read = mapping.InputsFor(c => active[inputs + c]).ToList();
        // A column that costs much is read once, ahead, and its values are kept for the user.
        var kept = passed.Where(c => KeptColumn.CanKeep(c.Type) && (read.Contains(c) || Computes(source, c))).ToList();
        var main = source.GetRowCursor(passed.Except(kept));
        try
        {
            return new BatchedCursor(mapping, active, main, source.GetRowCursor(read.Union(kept)), kept);
        }
        catch
        {
            main.Dispose();
            throw;
        }
    }

    // Forward passes take turns in any case, and libtorch uses all cores within one: one cursor keeps the rows in order.
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private bool Adds(DataViewSchema.Column column) => column.Index >= mapping.InputSchema.Count || Computes(source, column);

    private static bool Computes(IDataView view, DataViewSchema.Column column) => view is BatchedDataView batched && batched.Adds(column);
}
