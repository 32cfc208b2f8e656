namespace VlmMlNet.Data.Formats.Flickr30k;

/// <summary>Options of <see cref="VisionLanguageDataCatalog.LoadFlickr30kTokens(string, Flickr30kOptions)"/>.</summary>
public sealed class Flickr30kOptions : DataReaderOptions
{
    /// <summary>The folder that holds the pictures. Default: null, the folder of the file itself.</summary>
    public string? ImageFolder { get; set; }
}
