using System.Globalization;
using System.Text.Json;

namespace VlmMlNet.Data.Json;

/// <summary>Numbers of JSON that are integers however they are written: pandas writes ids of a column with gaps as <c>42.0</c>.</summary>
internal static class JsonIntegers
{
    /// <summary>The number that the reader stands on as the integer that it is; null where it has a fraction, or more digits than fit.</summary>
    public static long? Read(ref Utf8JsonReader reader) => reader.TryGetInt64(out long value) ? value
        : reader.TryGetDecimal(out decimal number) && (number != 0 || reader.GetDouble() == 0) ? Of(number)
        : null;

    /// <summary>The same of a value of a document.</summary>
    public static long? Read(JsonElement value) => value.TryGetInt64(out long integer) ? integer
        : value.TryGetDecimal(out decimal number) && (number != 0 || value.GetDouble() == 0) ? Of(number)
        : null;

    /// <summary>A number's text: of an integer its digits alone, however it is written, of any other as it is written.</summary>
    public static string Text(ref Utf8JsonReader reader) =>
        Read(ref reader)?.ToString(CultureInfo.InvariantCulture) ?? System.Text.Encoding.ASCII.GetString(reader.ValueSpan);

    // A decimal rounds to 28 digits; that what has become zero was zero is seen to above.
    private static long? Of(decimal number) => decimal.IsInteger(number) && number is >= long.MinValue and <= long.MaxValue ? (long)number : null;
}
