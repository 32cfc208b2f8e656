namespace VlmMlNet.Data.Formats.Slake;

/// <summary>Options of <see cref="VisionLanguageDataCatalog.LoadSlake(string, SlakeOptions)"/>.</summary>
public sealed class SlakeOptions : DataReaderOptions
{
    /// <summary>The folder that holds the pictures. Default: null, <c>imgs</c> beside the file where it is there, as the data
    /// set is published, and the folder of the file otherwise.</summary>
    public string? ImageFolder { get; set; }

    /// <summary>The language of the questions, <c>en</c> or <c>zh</c>. Default: null, both.</summary>
    public string? Language { get; set; }
}
