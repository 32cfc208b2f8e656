namespace VlmMlNet.Data.Validation;

/// <summary>How closely <see cref="Microsoft.ML.VisionLanguageDataExtensions.Validate"/> looks at pictures.</summary>
public enum ImageCheck
{
    /// <summary>Every picture is decoded, as training will: a file that is cut off is found. Some milliseconds each.</summary>
    Decode,

    /// <summary>The beginning of every file is read: it is there, an image, and of this size.</summary>
    Header,

    /// <summary>Pictures are not looked at.</summary>
    None,
}
