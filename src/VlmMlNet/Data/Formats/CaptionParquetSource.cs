using VlmMlNet.Data.Parquet;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>Parquet files of pictures with captions, such as lmms-lab/flickr30k.</summary>
internal sealed class CaptionParquetSource : ParquetRowSource<CaptionRow>
{
    private readonly CaptionParquetOptions _options;

    public CaptionParquetSource(string path, CaptionParquetOptions options)
        : base(path, options)
    {
        _options = options;
        CheckColumns();
        Columns = [.. CaptionRow.ByteColumns, .. options.TextColumns.Select((name, i) => RowColumn<CaptionRow>.Text(name, row => row.Texts[i]))];
    }

    public override IReadOnlyList<RowColumn<CaptionRow>> Columns { get; }

    protected override Func<long, CaptionRow> Open(ParquetFile file, Func<string, bool> active)
    {
        var image = new ParquetImage(file, file.Require(_options.ImageColumn, Path), active(VisionLanguageColumns.Image), Path);
        var captions = new ParquetTexts(file, file.Require(_options.CaptionColumn, Path), Path);
        ParquetNode? named = _options.IdColumn is { } name ? file.Require(name, Path) : file.FirstPlain("id", "img_id", "image_id", "filename");
        ParquetTexts? id = named is null ? null : new ParquetTexts(file, named, Path);
        ParquetTexts[] texts = [.. _options.TextColumns.Select(text => new ParquetTexts(file, file.Require(text, Path), Path))];
        return _ => new CaptionRow(id?.Single ?? "", image.Path, captions.All)
        {
            Bytes = image.Bytes,
            Texts = Array.ConvertAll(texts, t => t.Single ?? ""),
        };
    }
}
