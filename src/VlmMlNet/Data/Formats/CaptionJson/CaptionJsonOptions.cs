using VlmMlNet.Data.Formats.CaptionCsv;

namespace VlmMlNet.Data.Formats.CaptionJson;

/// <summary>Options of <see cref="CaptionJsonSource"/>; those of <see cref="CaptionCsvOptions"/>, with properties in place of columns.</summary>
internal sealed class CaptionJsonOptions : DataReaderOptions
{
    public string? ImageFolder { get; set; }

    public string? ImageColumn { get; set; }

    public string? CaptionColumn { get; set; }

    public string? IdColumn { get; set; }

    public DataSplit Split { get; set; } = DataSplit.All;
}
