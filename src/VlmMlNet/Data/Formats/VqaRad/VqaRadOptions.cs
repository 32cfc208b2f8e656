namespace VlmMlNet.Data.Formats.VqaRad;

/// <summary>Options of <see cref="VisionLanguageDataCatalog.LoadVqaRad(string, VqaRadOptions)"/>.</summary>
public sealed class VqaRadOptions : DataReaderOptions
{
    /// <summary>The folder that holds the pictures. Default: null, <c>VQA_RAD Image Folder</c> beside the file where it is
    /// there, as the data set is published, and the folder of the file otherwise.</summary>
    public string? ImageFolder { get; set; }

    /// <summary>Which rows: the test rows are those whose <c>phrase_type</c> starts with <c>test</c> (451 of 2,248), all others
    /// are there to train on. Default: all rows. There is no validation part.</summary>
    public DataSplit Split { get; set; } = DataSplit.All;

    internal override void Check()
    {
        base.Check();
        if (Split is not (DataSplit.All or DataSplit.Train or DataSplit.Test))
            throw new ArgumentOutOfRangeException(nameof(Split), Split, "VQA-RAD has rows to train on and to test on.");
    }
}
