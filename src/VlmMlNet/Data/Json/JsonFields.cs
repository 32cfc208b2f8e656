using System.Text.Json;

namespace VlmMlNet.Data.Json;

/// <summary>Values of a row's properties, with errors that name the property.</summary>
internal static class JsonFields
{
    /// <summary>A string, or null.</summary>
    public static string? OptionalText(ref Utf8JsonReader reader, string name) =>
        reader.TokenType == JsonTokenType.Null ? null : Text(ref reader, name);

    public static string Text(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw Wrong(ref reader, name, "a string");
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new RowProblemException($"'{name}' is not valid text: it has broken UTF-8 or half of a surrogate pair");
        }
    }

    /// <summary>A string, or a number as it is written.</summary>
    public static string TextOrNumber(ref Utf8JsonReader reader, string name) =>
        reader.TokenType == JsonTokenType.Number ? System.Text.Encoding.ASCII.GetString(reader.ValueSpan) : Text(ref reader, name);

    public static long Integer(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long value))
            throw Wrong(ref reader, name, "an integer");
        return value;
    }

    /// <summary>Requires the start of an array or an object.</summary>
    public static void Start(ref Utf8JsonReader reader, JsonTokenType start, string name)
    {
        if (reader.TokenType != start)
            throw Wrong(ref reader, name, start == JsonTokenType.StartArray ? "a list" : "an object");
    }

    public static RowProblemException Missing(string name) => new($"'{name}' is missing");

    public static RowProblemException Wrong(ref Utf8JsonReader reader, string name, string expected) => new($"'{name}' is {reader.TokenType switch
    {
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        JsonTokenType.Null => "null",
        JsonTokenType.StartArray => "a list",
        _ => "an object",
    }} where {expected} is expected");
}
