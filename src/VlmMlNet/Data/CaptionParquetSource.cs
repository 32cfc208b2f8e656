using VlmMlNet.Data.Parquet;

namespace VlmMlNet.Data;

/// <summary>Parquet files of pictures with captions, such as lmms-lab/flickr30k.</summary>
internal sealed class CaptionParquetSource : RowSource<CaptionParquetRow>
{
    private readonly CaptionParquetOptions _options;
    private readonly long _rows;

    public CaptionParquetSource(string path, CaptionParquetOptions options)
        : base(path, options)
    {
        _options = options;
        using (ParquetFile file = ParquetFile.Open(path))
        {
            _ = new StoredColumns(file, this, needsImage: true);
            _rows = file.Rows;
        }
        List<RowColumn<CaptionParquetRow>> columns =
        [
            RowColumn<CaptionParquetRow>.Text(VisionLanguageColumns.Id, row => row.Id),
            RowColumn<CaptionParquetRow>.Bytes(VisionLanguageColumns.Image, row => row.Image),
            RowColumn<CaptionParquetRow>.Text(VisionLanguageColumns.ImagePath, row => row.ImagePath),
            RowColumn<CaptionParquetRow>.Texts(VisionLanguageColumns.Captions, row => row.Captions),
        ];
        for (int i = 0; i < options.TextColumns.Count; i++)
        {
            int place = i;
            columns.Add(RowColumn<CaptionParquetRow>.Text(options.TextColumns[i], row => row.Texts[place]));
        }
        Columns = columns;
    }

    public override IReadOnlyList<RowColumn<CaptionParquetRow>> Columns { get; }

    public override long? RowCount => Options.BadRows == BadRowHandling.Fail ? _rows : null;

    public override IEnumerable<CaptionParquetRow> Read(Func<string, bool> active, BadRowLog.Pass badRows)
    {
        using ParquetFile file = ParquetFile.Open(Path);
        var columns = new StoredColumns(file, this, active(VisionLanguageColumns.Image));
        foreach (long row in file.ReadRows())
        {
            CaptionParquetRow value;
            try
            {
                value = columns.Current;
            }
            catch (RowProblemException e)
            {
                badRows.Add(row, e.Message, e.Remedy);
                continue;
            }
            yield return value;
        }
    }

    /// <summary>The stored columns that a row is put together from.</summary>
    private sealed class StoredColumns
    {
        private readonly ParquetImage _image;
        private readonly ParquetTexts _captions;
        private readonly ParquetTexts? _id;
        private readonly ParquetTexts[] _texts;

        public StoredColumns(ParquetFile file, CaptionParquetSource source, bool needsImage)
        {
            CaptionParquetOptions options = source._options;
            _image = new ParquetImage(file, file.Require(options.ImageColumn, source.Path), needsImage, source.Path);
            _captions = new ParquetTexts(file, file.Require(options.CaptionColumn, source.Path), source.Path);
            ParquetNode? id = options.IdColumn is { } name ? file.Require(name, source.Path) : file.FirstPlain("id", "img_id", "image_id", "filename");
            _id = id is null ? null : new ParquetTexts(file, id, source.Path);
            _texts = [.. options.TextColumns.Select(text => new ParquetTexts(file, file.Require(text, source.Path), source.Path))];
        }

        public CaptionParquetRow Current => new(_id?.Single ?? "", _image.Bytes, _image.Path, _captions.All, Array.ConvertAll(_texts, t => t.Single ?? ""));
    }
}
