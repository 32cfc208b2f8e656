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
            FormatDescriptor format = FormatRecognizer.Recognize(e.InputSource);
            return format.Reader != reader ? e.With($"It looks like {format.Description}, which {format.Reader} reads.") : null;
        }
        catch (Exception other) when (other is MalformedInputException or IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
