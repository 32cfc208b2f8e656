using Microsoft.ML;

namespace VlmMlNet.Data.Formats.VqaJson;

/// <summary>Flat JSON rows of a picture, a question and its answers.</summary>
internal sealed class VqaJsonFormat() : FormatDescriptor(DataFormat.VqaJson)
{
    public override string Description => "questions as rows of JSON";

    public override IReadOnlyList<string> NamedColumns => [nameof(DataColumns.Image), nameof(DataColumns.Question), nameof(DataColumns.Answer), nameof(DataColumns.Id)];

    public override bool Recognizes(FileHead head) => head is RowHead row && (row.Is(RowKind.Questions) ?? VqaRowsSource.AreIn(row.UsualNames));

    public override IDataView Open(FormatRequest request) =>
        request.Catalog.View(request.Path, request.Options, file => new VqaRowsSource(file, request.Options), Reader);
}
