namespace VlmMlNet.Data.Formats.VqaV2;

/// <summary>Options of <see cref="VisionLanguageDataCatalog.LoadVqaV2(string, string, VqaV2Options)"/>.</summary>
public sealed class VqaV2Options : DataReaderOptions
{
    /// <summary>The folder that holds the pictures. Default: null, the folder of the questions' file.</summary>
    public string? ImageFolder { get; set; }

    /// <summary>Makes a picture's file name of its id. Default: null, as COCO names them,
    /// <c>COCO_val2014_000000000042.jpg</c>, with the part that the questions' file states as <c>data_subtype</c> (of <c>test-dev2015</c>
    /// the pictures are those of <c>test2015</c>), or for abstract scenes <c>abstract_v002_val2015_000000000042.png</c>.</summary>
    public Func<long, string>? ImageName { get; set; }
}
