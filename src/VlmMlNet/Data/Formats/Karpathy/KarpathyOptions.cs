namespace VlmMlNet.Data.Formats.Karpathy;

/// <summary>Options of <see cref="VisionLanguageDataCatalog.LoadKarpathy(string, KarpathyOptions)"/>.</summary>
public sealed class KarpathyOptions : DataReaderOptions
{
    /// <summary>The folder that holds the pictures; of COCO's the one above <c>train2014</c> and <c>val2014</c>. Default: null, the
    /// folder of the file itself.</summary>
    public string? ImageFolder { get; set; }

    /// <summary>Which part. <see cref="DataSplit.Train"/> has the rows marked <c>train</c> and <c>restval</c>, as the field
    /// trains. Default: all rows.</summary>
    public DataSplit Split { get; set; } = DataSplit.All;

    internal override void Check()
    {
        base.Check();
        if (!Enum.IsDefined(Split))
            throw new ArgumentOutOfRangeException(nameof(Split), Split, "Split is All, Train, Validation or Test.");
    }
}
