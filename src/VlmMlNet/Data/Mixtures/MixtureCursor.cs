using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Mixtures;

/// <summary>Walks over the rows of a <see cref="MixtureDataView"/>. A row's id has its number in the data set in the lower half,
/// and the data set and the round, counted from 1, in the upper.</summary>
internal sealed class MixtureCursor(MixtureDataView view, bool[] active, MixtureReading reading) : ReadingCursor(view.Schema, active)
{
    public override ValueGetter<DataViewRowId> GetIdGetter()
    {
        var ids = new SourceIds(view.SourceCount);
        void Get(ref DataViewRowId id)
        {
            SourceReading source = Current();
            ids.Of(source)(ref id);
            id = new DataViewRowId(id.Low, 1 + (ulong)source.Place + (ulong)source.Round * (ulong)view.SourceCount);
        }
        return Get;
    }

    /// <summary>What errors call the row's data set.</summary>
    public string DatasetName => Current().Source.Name;

    /// <summary>Whether the row's data set holds its pictures, instead of paths.</summary>
    public bool EmbedsPicture => Current().Source.EmbedsPictures;

    public override string? PictureFile => EmbedsPicture && Current().Cursor is ReadingCursor cursor ? cursor.PictureFile : null;

    /// <summary>A getter of the path of the row's picture, where it is not embedded. Column Image must be active.</summary>
    public ValueGetter<ReadOnlyMemory<char>> GetFileGetter()
    {
        var files = new SourceGetters<ReadOnlyMemory<char>>(VisionLanguageColumns.Image, view.SourceCount);
        return (ref ReadOnlyMemory<char> path) => files.Of(Current())!(ref path);
    }

    protected override bool MoveToNextRow() => reading.MoveNext();

    protected override Delegate CreateGetter(int column) => view.Columns[column].CreateGetter(Current, view.SourceCount);

    protected override void Close() => reading.Dispose();

    private SourceReading Current()
    {
        CheckOnRow();
        return reading.Current!;
    }

    private sealed class SourceIds(int sources)
    {
        private readonly (DataViewRowCursor? Cursor, ValueGetter<DataViewRowId>? Get)[] _getters = new (DataViewRowCursor?, ValueGetter<DataViewRowId>?)[sources];

        public ValueGetter<DataViewRowId> Of(SourceReading source)
        {
            ref var getter = ref _getters[source.Place];
            if (getter.Cursor != source.Cursor)
                getter = (source.Cursor, source.Cursor!.GetIdGetter());
            return getter.Get!;
        }
    }
}
