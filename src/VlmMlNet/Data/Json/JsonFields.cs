using System.Text.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Json;

/// <summary>Values of a row's properties, with errors that name the property.</summary>
internal static class JsonFields
{
    /// <summary>What can be done about true and false: whether they are to be learned as 'yes' and 'no' or otherwise is not for a reader to guess.</summary>
    public const string NoBoolean = "True and false are neither texts nor ids: write the text that is meant, such as 'yes' and 'no'.";

    /// <summary>A string, or null.</summary>
    public static string? OptionalText(ref Utf8JsonReader reader, string name) =>
        reader.TokenType == JsonTokenType.Null ? null : Text(ref reader, name);

    /// <summary>The name of the property that the reader stands on.</summary>
    public static string PropertyName(ref Utf8JsonReader reader) => GetString(ref reader, "a property's name");

    public static string Text(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw Wrong(ref reader, name, "a string");
        return GetString(ref reader, $"'{name}'");
    }

    /// <summary>A string, or the only one of a list; empty where the list is.</summary>
    /// <exception cref="RowProblemException">There are several.</exception>
    public static string OnlyText(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            return Text(ref reader, name);
        string only = "";
        int count = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
            only = Text(ref reader, $"{name}[{count}]");
        return count <= 1 ? only : throw new RowProblemException($"the row has {count} pictures in '{name}', and one is read", Formats.RowRules.Remedy);
    }

    /// <summary>A string, or a number as it is written.</summary>
    public static string TextOrNumber(ref Utf8JsonReader reader, string name) =>
        reader.TokenType == JsonTokenType.Number ? System.Text.Encoding.ASCII.GetString(reader.ValueSpan) : Text(ref reader, name);

    /// <summary>An id: a string, or a number, of which 42 and 42.0 are the same.</summary>
    public static string Id(ref Utf8JsonReader reader, string name) =>
        reader.TokenType == JsonTokenType.Number ? JsonIntegers.Text(ref reader) : Text(ref reader, name);

    /// <summary>An integer of 64 bits, which may be written as 42.0.</summary>
    public static long Integer(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.Number)
            throw Wrong(ref reader, name, "an integer");
        return JsonIntegers.Read(ref reader) ?? throw (reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0
            ? new RowProblemException($"'{name}' has more digits than 64 bits hold")
            : Wrong(ref reader, name, "an integer"));
    }

    /// <summary>Requires the start of an array or an object.</summary>
    public static void Start(ref Utf8JsonReader reader, JsonTokenType start, string name)
    {
        if (reader.TokenType != start)
            throw Wrong(ref reader, name, start == JsonTokenType.StartArray ? "a list" : "an object");
    }

    /// <summary>What the exception says, without its place.</summary>
    public static string Reason(JsonException e)
    {
        int suffix = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return suffix > 0 ? e.Message[..suffix].TrimEnd('.') : e.Message;
    }

    /// <summary>What can be done about it, where its likely source is known; null otherwise.</summary>
    /// <param name="e">What was wrong.</param>
    /// <param name="json">The text that it was found in.</param>
    public static string? RemedyOf(JsonException e, ReadOnlySpan<byte> json)
    {
        bool isNaN = e.Message.StartsWith("'N' is an invalid", StringComparison.Ordinal) && json.IndexOf("NaN"u8) >= 0;
        bool isInfinity = e.Message.StartsWith("'I' is", StringComparison.Ordinal) && json.IndexOf("Infinity"u8) >= 0;
        return isNaN || isInfinity
            ? $"JSON has no {(isNaN ? "NaN" : "Infinity")}: Python's json.dumps writes it so, for a missing number as a rule. Write null in its place (allow_nan=False finds where)."
            : null;
    }

    public static RowProblemException Missing(string name) => new($"'{name}' is missing") { IsIncomplete = true };

    public static RowProblemException Wrong(ref Utf8JsonReader reader, string name, string expected) => new($"'{name}' is {reader.TokenType switch
    {
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        JsonTokenType.Null => "null",
        JsonTokenType.StartArray => "a list",
        _ => "an object",
    }} where {expected} is expected", reader.TokenType is JsonTokenType.True or JsonTokenType.False ? NoBoolean : null) { IsIncomplete = reader.TokenType == JsonTokenType.Null };

    private static string GetString(ref Utf8JsonReader reader, string what)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new RowProblemException($"{what} is not valid text: it has broken UTF-8 or half of a surrogate pair");
        }
    }
}
