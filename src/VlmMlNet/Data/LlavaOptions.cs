namespace VlmMlNet.Data;

/// <summary>Options of <see cref="VisionLanguageDataCatalog.LoadLlava(string, LlavaOptions)"/>.</summary>
public sealed class LlavaOptions : DataReaderOptions
{
    /// <summary>The folder that relative image paths start from. Default: null, the folder of the file itself. Has no
    /// meaning for parquet files, which embed their pictures.</summary>
    public string? ImageFolder { get; set; }

    /// <summary>How many pictures a row may have; with more than one, Image and ImagePath are vectors of texts. Default: 1.
    /// Parquet files are read with one.</summary>
    public int MaxImages { get; set; } = 1;

    internal override void Check()
    {
        base.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxImages, 1);
    }
}
