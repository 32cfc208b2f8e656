using System.Text.Json;

namespace VlmMlNet.Text.Tokenizer;

/// <summary>Says in this library's words what System.Text.Json throws about a file.</summary>
internal static class JsonErrors
{
    /// <summary>Whether an exception is about the file: its syntax, or (InvalidOperationException) a string that is not valid
    /// UTF-8 or escapes half of a surrogate pair.</summary>
    public static bool IsAboutInput(Exception exception) => exception is JsonException or InvalidOperationException;

    /// <summary>The error to throw instead.</summary>
    public static MalformedInputException Describe(string source, Exception exception) => new(
        source,
        exception is JsonException json
            ? $"it is not valid JSON (line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1} of the line)"
            : "it holds a string that is not valid Unicode",
        "Download the file again.",
        innerException: exception);
}
