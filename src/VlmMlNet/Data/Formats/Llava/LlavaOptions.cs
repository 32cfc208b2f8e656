namespace VlmMlNet.Data.Formats.Llava;

/// <summary>Options of <see cref="VisionLanguageDataCatalog.LoadLlava(string, LlavaOptions)"/>.</summary>
public sealed class LlavaOptions : DataReaderOptions
{
    /// <summary>The folder that relative image paths start from. Default: null, the folder of the file itself and, for pictures that are not there, <c>images</c> in it. Has no
    /// meaning for parquet files that embed their pictures.</summary>
    public string? ImageFolder { get; set; }

    /// <summary>How many pictures a row may have; with more than one, Image and ImagePath are vectors of texts, for uses of your own:
    /// the stages and evaluators of this library show a model one. Rows of more are bad rows. Default: 1.
    /// Parquet files that embed their pictures are read with one.</summary>
    public int MaxImages { get; set; } = 1;

    /// <summary>Of parquet files the column of conversations. Default: null, the first of <c>conversations</c>,
    /// <c>conversation</c>, <c>messages</c> and <c>texts</c> that is there.</summary>
    public string? ConversationColumn { get; set; }

    /// <summary>Of parquet files the column of pictures, or of lists of them. Default: null, <c>image</c> or <c>images</c> where it is
    /// there.</summary>
    public string? ImageColumn { get; set; }

    /// <summary>Of parquet files the column that becomes Id. Default: null, <c>id</c> where it is there.</summary>
    public string? IdColumn { get; set; }

    internal override void Check()
    {
        base.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxImages, 1);
    }
}
