namespace VlmMlNet.Data.Formats;

/// <summary>Says of a file that one method cannot read which one can.</summary>
internal static class FormatHint
{
    /// <summary>The error with the method that reads the file; null where its format is not known, or the method was the right one.</summary>
    /// <param name="e">What was wrong, at the beginning of the file.</param>
    /// <param name="reader">The method that was called; null where the format was recognised.</param>
    public static MalformedInputException? Find(MalformedInputException e, string? reader)
    {
        if (reader is null || !File.Exists(e.InputSource))
            return null;
        try
        {
            DataFormat format = FormatRecognizer.Recognize(e.InputSource);
            return MethodOf(format) is var method && method != reader ? e.With($"It looks like {Describe(format)}, which {method} reads.") : null;
        }
        catch (Exception other) when (other is MalformedInputException or IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static string MethodOf(DataFormat format) => format switch
    {
        DataFormat.LlavaJson or DataFormat.LlavaParquet => nameof(VisionLanguageDataCatalog.LoadLlava),
        DataFormat.CocoCaptions => nameof(VisionLanguageDataCatalog.LoadCocoCaptions),
        DataFormat.Karpathy => nameof(VisionLanguageDataCatalog.LoadKarpathy),
        DataFormat.CaptionParquet => nameof(VisionLanguageDataCatalog.LoadCaptionParquet),
        DataFormat.Flickr30kTokens => nameof(VisionLanguageDataCatalog.LoadFlickr30kTokens),
        DataFormat.CaptionCsv => nameof(VisionLanguageDataCatalog.LoadCaptionCsv),
        DataFormat.VqaParquet => nameof(VisionLanguageDataCatalog.LoadVqaParquet),
        DataFormat.VqaRad => nameof(VisionLanguageDataCatalog.LoadVqaRad),
        DataFormat.Slake => nameof(VisionLanguageDataCatalog.LoadSlake),
        DataFormat.VqaV2 => nameof(VisionLanguageDataCatalog.LoadVqaV2),
        DataFormat.Recipe => nameof(VisionLanguageDataCatalog.LoadRecipe),
        _ => nameof(VisionLanguageDataCatalog.Load),
    };

    private static string Describe(DataFormat format) => format switch
    {
        DataFormat.LlavaJson or DataFormat.LlavaParquet => "conversations as LLaVA has them",
        DataFormat.CocoCaptions => "COCO's captions",
        DataFormat.Karpathy => "Karpathy's splits",
        DataFormat.CaptionParquet => "parquet of pictures with captions",
        DataFormat.Flickr30kTokens => "Flickr30k's .token file",
        DataFormat.CaptionCsv => "captions as delimited text",
        DataFormat.CaptionJson => "captions as rows of JSON",
        DataFormat.VqaParquet => "parquet of pictures with questions",
        DataFormat.VqaJson => "questions as rows of JSON",
        DataFormat.VqaRad => "VQA-RAD",
        DataFormat.Slake => "SLAKE",
        DataFormat.VqaV2 => "a file of VQAv2",
        DataFormat.Recipe => "a recipe of data sets",
        _ => format.ToString(),
    };
}
