using Microsoft.ML;
using VlmMlNet.Data.Parquet;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.CaptionParquet;

/// <summary>Pictures with captions as parquet.</summary>
internal sealed class CaptionParquetFormat() : FormatDescriptor(DataFormat.CaptionParquet)
{
    public override string Description => "parquet of pictures with captions";

    public override string Listing => "pictures with captions or with questions (parquet)";

    public override string Reader => nameof(VisionLanguageDataCatalog.LoadCaptionParquet);

    public override IReadOnlyList<string> NamedColumns => [nameof(DataColumns.Image), nameof(DataColumns.Caption), nameof(DataColumns.Id)];

    public override bool Recognizes(FileHead head) => head is ParquetHead parquet
        && (parquet.Is(RowKind.Captions) ?? (HasCaptionsAsAnswers(parquet.Root) || (parquet.HasPicture && parquet.HasText(ColumnNames.Caption))));

    public override IDataView Open(FormatRequest request) => request.Catalog.LoadCaptionParquet(request.Path, request.For(new CaptionParquetOptions
    {
        ImageFolder = request.ImageFolder,
        ImageColumn = request.Columns.Image,
        CaptionColumn = request.Columns.Caption ?? UnusualColumn(request.First),
        IdColumn = request.Columns.Id,
    }));

    /// <summary>As COCO's captions are published by lmms-lab, for lmms-eval: the question is the same in all rows.</summary>
    public static bool HasCaptionsAsAnswers(ParquetNode root) =>
        root["image"] is not null && root["question"] is not null && root["coco_url"] is not null && root["answer"]?.ListElement() is not null;

    private static string? UnusualColumn(string path)
    {
        using ParquetFile file = ParquetFile.Open(path);
        return HasCaptionsAsAnswers(file.Root) ? "answer" : null;
    }
}
