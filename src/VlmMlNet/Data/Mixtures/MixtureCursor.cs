using Microsoft.ML;
using Microsoft.ML.Data;

namespace VlmMlNet.Data.Mixtures;

/// <summary>Walks over the rows of a <see cref="MixtureDataView"/>. A row's id has its number in the data set in the lower half,
/// and the data set and the round, counted from 1, in the upper.</summary>
internal sealed class MixtureCursor(MixtureDataView view, bool[] active, MixtureReading reading) : DataViewRowCursor
{
    private long _position = -1;
    private bool _done;

    public override DataViewSchema Schema => view.Schema;

    public override long Position => _position;

    public override long Batch => 0;

    public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

    public override bool MoveNext()
    {
        if (_done)
            return false;
        bool moved = false;
        try
        {
            moved = reading.MoveNext();
        }
        finally
        {
            if (!moved)
            {
                _done = true;
                _position = -1;
            }
        }
        if (moved)
            _position++;
        return moved;
    }

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

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new ArgumentOutOfRangeException(nameof(column), $"Column '{column.Name}' was not asked for when the cursor was made.");
        return view.Columns[column.Index].CreateGetter(Current, view.SourceCount) as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Invalid TValue: '{typeof(TValue)}', expected type: '{column.Type.RawType}'.");
    }

    /// <summary>What errors call the row's data set.</summary>
    public string DatasetName => Current().Source.Name;

    /// <summary>Whether the row's data set holds its pictures, instead of paths.</summary>
    public bool EmbedsPicture => Current().Source.EmbedsPictures;

    /// <summary>A getter of the path of the row's picture, where it is not embedded. Column Image must be active.</summary>
    public ValueGetter<ReadOnlyMemory<char>> GetFileGetter()
    {
        var files = new SourceGetters<ReadOnlyMemory<char>>(VisionLanguageColumns.Image, view.SourceCount);
        return (ref ReadOnlyMemory<char> path) => files.Of(Current())!(ref path);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _done = true;
            _position = -1;
            reading.Dispose();
        }
        base.Dispose(disposing);
    }

    private SourceReading Current() => _position < 0
        ? throw new InvalidOperationException("The cursor is not on a row: MoveNext was not called, or returned false.")
        : reading.Current!;

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
