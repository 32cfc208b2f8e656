using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Data.Formats;

namespace VlmMlNet.Data.Rows;

/// <summary>Walks over the rows of a <see cref="RowDataView{TRow}"/>; a row's id is its place in the file's order.</summary>
internal sealed class RowCursor<TRow>(RowDataView<TRow> view, bool[] active, IEnumerable<ReadRow<TRow>> rows) : ReadingCursor(view.Schema, active)
{
    private readonly IEnumerator<ReadRow<TRow>> _rows = rows.GetEnumerator();

    public override ValueGetter<DataViewRowId> GetIdGetter()
    {
        void Get(ref DataViewRowId id)
        {
            CheckOnRow();
            id = new DataViewRowId((ulong)_rows.Current.Id, 0);
        }
        return Get;
    }

    public override string? PictureFile => Current() is IPictureRow row ? row.File : null;

    protected override bool MoveToNextRow()
    {
        try
        {
            return _rows.MoveNext();
        }
        catch (MalformedInputException e) when (Position < 0 && FormatHint.Find(e, view.Reader) is { } hinted)
        {
            throw hinted;
        }
    }

    protected override Delegate CreateGetter(int column) => view.Source.Columns[column].CreateGetter(Current);

    protected override void Close() => _rows.Dispose();

    private TRow Current()
    {
        CheckOnRow();
        return _rows.Current.Problem is { } problem ? throw problem : _rows.Current.Row;
    }
}
