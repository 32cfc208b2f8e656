using Microsoft.ML;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Mixtures;

/// <summary>Several data sets as one view: one after the other, or spread evenly in an order that a generator of random
/// numbers decides.</summary>
internal sealed class MixtureDataView : IRowStream
{
    private readonly MixtureSource[] _sources;
    private readonly Lazy<MixtureDataView> _toLearnFrom;

    public MixtureDataView(MixtureSource[] sources)
    {
        _sources = sources;
        _toLearnFrom = new(() => new([.. sources.Select(s => s.ToLearnFrom())]));
        foreach (MixtureSource source in sources)
            source.Check();
        bool embeds = Array.Exists(sources, s => s.EmbedsPictures);
        Columns =
        [
            MixtureColumn.Text(VisionLanguageColumns.Id),
            embeds ? MixtureColumn.EncodedPicture() : MixtureColumn.Text(VisionLanguageColumns.Image),
            MixtureColumn.Text(VisionLanguageColumns.ImagePath),
            MixtureColumn.Texts(VisionLanguageColumns.Conversation),
            MixtureColumn.Texts(VisionLanguageColumns.Captions),
            MixtureColumn.Dataset(),
            MixtureColumn.Text(VisionLanguageColumns.SystemPrompt),
        ];
        Schema = LearnedColumns.SchemaOf(Columns.Select(column => (column.Name, column.Type)), Array.TrueForAll(sources, s => s.View.SkipsBadRows));
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => true;

    public int SourceCount => _sources.Length;

    public MixtureColumn[] Columns { get; }

    public long? GetRowCount() => Array.TrueForAll(_sources, s => s.IsPlanned) ? CountRows() : null;

    public IRowStream ToLearnFrom() => Array.TrueForAll(_sources, s => ReferenceEquals(s.View, s.View.ToLearnFrom())) ? this : _toLearnFrom.Value;

    public long CountRows() => _sources.Sum(s => s.Rows);

    public long CountExamples() => _sources.Sum(s => s.CountExamples());

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => GetRowCursor(columnsNeeded, rand, 0);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? order, long firstRow)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var active = new bool[Schema.Count];
        foreach (DataViewSchema.Column column in columnsNeeded)
        {
            if (column.Index >= Schema.Count || Schema[column.Index].Name != column.Name)
                throw new ArgumentException($"Column '{column.Name}' is not one of this data view.", nameof(columnsNeeded));
            active[column.Index] = true;
        }
        return new MixtureCursor(this, active, new MixtureReading(_sources, name => active[Schema[name].Index], order, firstRow));
    }
}
