using Microsoft.ML;
using VlmMlNet.Data.Formats.Recipe;
using VlmMlNet.Data.Lines;

namespace VlmMlNet.Data.Formats.CaptionCsv;

/// <summary>Pictures with captions as delimited text.</summary>
internal sealed class CaptionCsvFormat() : FormatDescriptor(DataFormat.CaptionCsv)
{
    public override string Description => "captions as delimited text";

    public override string Listing => "captions as CSV, TSV or JSON (metadata.csv, metadata.jsonl)";

    public override string Reader => nameof(VisionLanguageDataCatalog.LoadCaptionCsv);

    public override bool IsRowByRow => false;

    public override IReadOnlyList<string> NamedColumns => [nameof(DataColumns.Image), nameof(DataColumns.Caption), nameof(DataColumns.Id)];

    // A file may have the column; most have not.
    public override bool CanChoose(DataSplit split) => true;

    public override bool Recognizes(FileHead head) =>
        head is TextHead && ((head.Columns.AreNamed && !RecipeFormat.IsYaml(head.Path)) || CsvSeparator.Find(head.Path, CaptionCsvSource.IsHead) is not null);

    public override IDataView Open(FormatRequest request) => request.Catalog.LoadCaptionCsv(request.Path, request.For(new CaptionCsvOptions
    {
        ImageFolder = request.ImageFolder,
        ImageColumn = request.Columns.Image,
        CaptionColumn = request.Columns.Caption,
        IdColumn = request.Columns.Id,
        Split = request.Split,
    }));
}
