namespace VlmMlNet.Data.Formats.Coco;

/// <summary>Options of <see cref="VisionLanguageDataCatalog.LoadCocoCaptions(string, CocoCaptionsOptions)"/>.</summary>
public sealed class CocoCaptionsOptions : DataReaderOptions
{
    /// <summary>The folder that holds the pictures. Default: null, the folder of the file itself and, for pictures that are not there, <c>images</c> in it.</summary>
    public string? ImageFolder { get; set; }
}
