namespace VlmMlNet.Data;

/// <summary>Options of <see cref="VisionLanguageDataCatalog.LoadLlava(string, LlavaOptions)"/>.</summary>
public sealed class LlavaOptions : DataReaderOptions
{
    /// <summary>The folder that relative image paths start from. Default: null, the folder of the file itself.</summary>
    public string? ImageFolder { get; set; }
}
