using VlmMlNet.Data.Formats.CaptionCsv;
using VlmMlNet.Data.Formats.CaptionParquet;
using VlmMlNet.Data.Formats.Coco;
using VlmMlNet.Data.Formats.Flickr30k;
using VlmMlNet.Data.Formats.ImageFolder;
using VlmMlNet.Data.Formats.Karpathy;
using VlmMlNet.Data.Formats.Llava;
using VlmMlNet.Data.Formats.Slake;
using VlmMlNet.Data.Formats.VqaParquet;
using VlmMlNet.Data.Formats.VqaRad;
using VlmMlNet.Data.Formats.VqaV2;

namespace VlmMlNet.Data;

/// <summary>The formats that <see cref="VisionLanguageDataCatalog.Load(string, out DataFormat, string)"/> tells apart.</summary>
public enum DataFormat
{
    /// <summary>LLaVA's conversations as JSON or JSONL: <see cref="VisionLanguageDataCatalog.LoadLlava(string, LlavaOptions)"/>.</summary>
    LlavaJson,

    /// <summary>LLaVA's conversations as parquet: <see cref="VisionLanguageDataCatalog.LoadLlava(string, LlavaOptions)"/>.</summary>
    LlavaParquet,

    /// <summary>COCO's captions: <see cref="VisionLanguageDataCatalog.LoadCocoCaptions(string, CocoCaptionsOptions)"/>.</summary>
    CocoCaptions,

    /// <summary>Karpathy's splits: <see cref="VisionLanguageDataCatalog.LoadKarpathy(string, KarpathyOptions)"/>.</summary>
    Karpathy,

    /// <summary>Pictures with captions as parquet: <see cref="VisionLanguageDataCatalog.LoadCaptionParquet(string, CaptionParquetOptions)"/>.</summary>
    CaptionParquet,

    /// <summary>Flickr30k's <c>.token</c>: <see cref="VisionLanguageDataCatalog.LoadFlickr30kTokens(string, Flickr30kOptions)"/>.</summary>
    Flickr30kTokens,

    /// <summary>Pictures with captions as delimited text: <see cref="VisionLanguageDataCatalog.LoadCaptionCsv(string, CaptionCsvOptions)"/>.</summary>
    CaptionCsv,

    /// <summary>Questions as parquet: <see cref="VisionLanguageDataCatalog.LoadVqaParquet(string, VqaParquetOptions)"/>.</summary>
    VqaParquet,

    /// <summary>VQA-RAD's JSON: <see cref="VisionLanguageDataCatalog.LoadVqaRad(string, VqaRadOptions)"/>.</summary>
    VqaRad,

    /// <summary>SLAKE's JSON: <see cref="VisionLanguageDataCatalog.LoadSlake(string, SlakeOptions)"/>.</summary>
    Slake,

    /// <summary>VQAv2's questions, with the answers where their file lies beside them:
    /// <see cref="VisionLanguageDataCatalog.LoadVqaV2(string, string, VqaV2Options)"/>.</summary>
    VqaV2,

    /// <summary>A mixture of data sets: <see cref="VisionLanguageDataCatalog.LoadRecipe(string)"/>.</summary>
    Recipe,

    /// <summary>A folder of pictures: <see cref="VisionLanguageDataCatalog.LoadImageFolder(string, ImageFolderOptions)"/>.</summary>
    ImageFolder,

    /// <summary>Rows of a picture with its captions as JSON or JSONL, such as <c>metadata.jsonl</c>:
    /// <see cref="VisionLanguageDataCatalog.Load(string, DataLoadOptions)"/>.</summary>
    CaptionJson,

    /// <summary>A folder of pictures with a file of captions beside each: <see cref="VisionLanguageDataCatalog.Load(string, DataLoadOptions)"/>.</summary>
    CaptionFolder,

    /// <summary>Flat JSON rows of a picture, a question and its answer, or several answers, in one array or one a line.</summary>
    VqaJson,
}
