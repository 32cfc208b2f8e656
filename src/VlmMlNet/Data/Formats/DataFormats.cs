using VlmMlNet.Data.Formats.CaptionCsv;
using VlmMlNet.Data.Formats.CaptionFolder;
using VlmMlNet.Data.Formats.CaptionJson;
using VlmMlNet.Data.Formats.CaptionParquet;
using VlmMlNet.Data.Formats.Coco;
using VlmMlNet.Data.Formats.Flickr30k;
using VlmMlNet.Data.Formats.ImageFolder;
using VlmMlNet.Data.Formats.Karpathy;
using VlmMlNet.Data.Formats.Llava;
using VlmMlNet.Data.Formats.Recipe;
using VlmMlNet.Data.Formats.Slake;
using VlmMlNet.Data.Formats.VqaJson;
using VlmMlNet.Data.Formats.VqaParquet;
using VlmMlNet.Data.Formats.VqaRad;
using VlmMlNet.Data.Formats.VqaV2;

namespace VlmMlNet.Data.Formats;

/// <summary>The formats of data sets. They are asked in this order whether a file is theirs: those whose rows have properties of their own
/// come before those that know rows by what they usually have.</summary>
internal static class DataFormats
{
    private static readonly Lock s_registering = new();
    private static volatile FormatDescriptor[] s_all =
    [
        new LlavaJsonFormat(), new LlavaParquetFormat(),
        new CocoCaptionsFormat(), new KarpathyFormat(), new Flickr30kTokensFormat(),
        new VqaParquetFormat(), new CaptionParquetFormat(), new CaptionCsvFormat(),
        new VqaRadFormat(), new SlakeFormat(), new VqaJsonFormat(), new CaptionJsonFormat(),
        new VqaV2Format(), new RecipeFormat(),
        new CaptionFolderFormat(), new ImageFolderFormat(),
    ];

    /// <summary>All, in the order in which they are asked.</summary>
    public static IReadOnlyList<FormatDescriptor> All => s_all;

    /// <summary>The one of a name.</summary>
    public static FormatDescriptor Of(DataFormat format) => Array.Find(s_all, f => f.Format == format) ?? throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format.");

    /// <summary>Adds a format, which is asked before the others; once more changes nothing.</summary>
    public static void Register(FormatDescriptor format)
    {
        lock (s_registering)
        {
            if (!Array.Exists(s_all, f => f.Format == format.Format))
                s_all = [format, .. s_all];
        }
    }
}
