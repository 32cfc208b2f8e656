using VlmMlNet.Data.Parquet;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.CaptionParquet;

/// <summary>Parquet files of pictures with captions, such as lmms-lab/flickr30k.</summary>
internal sealed class CaptionParquetSource : ParquetRowSource<CaptionRow>
{
    private static readonly string[] s_idColumns = ["id", "img_id", "image_id", "filename"];

    private readonly CaptionParquetOptions _options;
    private readonly ImagePaths _paths;
    private bool _holdsPaths;

    public CaptionParquetSource(string path, CaptionParquetOptions options)
        : base(path, options)
    {
        _options = options;
        _paths = new ImagePaths(path, options.ImageFolder, options);
        CheckColumns();
        Columns = [.. _holdsPaths ? CaptionRow.PathColumns : CaptionRow.ByteColumns, .. options.TextColumns.Select((name, i) => RowColumn<CaptionRow>.Text(name, row => row.Texts[i]))];
    }

    public override IReadOnlyList<RowColumn<CaptionRow>> Columns { get; }

    protected override Func<long, CaptionRow> Open(ParquetFile file, Func<string, bool> active)
    {
        ParquetNode node = file.Require(_options.ImageColumn, _options.OptionName("Image"), ColumnNames.Image, Path);
        var pictures = new ParquetPictures(file, node, _paths, active, Path);
        _holdsPaths = pictures.HoldsPaths;
        var captions = new ParquetTexts(file, file.Require(_options.CaptionColumn, _options.OptionName("Caption"), ColumnNames.Caption, Path), Path);
        ParquetTexts? id = file.FindPlain(_options.IdColumn, _options.OptionName("Id"), s_idColumns, Path);
        ParquetTexts[] texts = [.. _options.TextColumns.Select(text => new ParquetTexts(file, file.Require(text, nameof(_options.TextColumns), [], Path), Path))];
        var foreign = new ParquetForeignColumns(file, _paths, node, _options.ImageColumn is null ? _options.OptionName("Image") : null, Path);
        return _ =>
        {
            foreign.Check();
            ParquetPicture? picture = pictures.Only();
            IReadOnlyList<string> said = captions.All;
            // A text may hold a list, as in delimited text.
            if (!captions.IsList && said is [var only])
                said = CaptionList.Parse(only);
            return new CaptionRow(id?.Id ?? "", picture?.Path ?? "", said)
            {
                IsUnanswered = said.Count == 0 && captions.IsList,
                HasPicture = picture is not null,
                Bytes = picture?.Bytes ?? default,
                File = picture?.File,
                Texts = Array.ConvertAll(texts, t => t.Single ?? ""),
            };
        };
    }
}
