using Microsoft.ML;
using VlmMlNet.Data.Formats.CaptionParquet;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.VqaParquet;

/// <summary>Questions as parquet.</summary>
internal sealed class VqaParquetFormat() : FormatDescriptor(DataFormat.VqaParquet)
{
    public override string Description => "parquet of pictures with questions";

    public override string Reader => nameof(VisionLanguageDataCatalog.LoadVqaParquet);

    public override IReadOnlyList<string> NamedColumns => [nameof(DataColumns.Image), nameof(DataColumns.Question), nameof(DataColumns.Answer), nameof(DataColumns.Id)];

    public override bool Recognizes(FileHead head) => head is ParquetHead parquet
        && (parquet.Is(RowKind.Questions) ?? (parquet.HasPicture && parquet.HasText(ColumnNames.Question) && !CaptionParquetFormat.HasCaptionsAsAnswers(parquet.Root)));

    public override IDataView Open(FormatRequest request) => request.Catalog.LoadVqaParquet(request.Path, request.For(new VqaParquetOptions
    {
        ImageFolder = request.ImageFolder,
        ImageColumn = request.Columns.Image,
        QuestionColumn = request.Columns.Question,
        AnswerColumn = request.Columns.Answer,
        IdColumn = request.Columns.Id,
    }));
}
