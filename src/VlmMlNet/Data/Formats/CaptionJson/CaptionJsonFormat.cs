using Microsoft.ML;

namespace VlmMlNet.Data.Formats.CaptionJson;

/// <summary>Rows of a picture with its captions as JSON or JSONL.</summary>
internal sealed class CaptionJsonFormat() : FormatDescriptor(DataFormat.CaptionJson)
{
    public override string Description => "captions as rows of JSON";

    public override IReadOnlyList<string> NamedColumns => [nameof(DataColumns.Image), nameof(DataColumns.Caption), nameof(DataColumns.Id)];

    // As of delimited text.
    public override bool CanChoose(DataSplit split) => true;

    public override bool Recognizes(FileHead head) => head is RowHead row && (row.Is(RowKind.Captions) ?? CaptionColumnNames.AreIn(row.UsualNames));

    public override IDataView Open(FormatRequest request)
    {
        var options = request.For(new CaptionJsonOptions
        {
            ImageFolder = request.ImageFolder,
            ImageColumn = request.Columns.Image,
            CaptionColumn = request.Columns.Caption,
            IdColumn = request.Columns.Id,
            Split = request.Split,
        });
        return request.Catalog.View(request.Path, options, file => new CaptionJsonSource(file, options), Reader);
    }
}
