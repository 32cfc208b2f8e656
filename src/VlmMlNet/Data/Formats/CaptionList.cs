using System.Text.Json;
using System.Text.RegularExpressions;
using VlmMlNet.Data.Formats.CaptionCsv;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>A text that holds several captions where others hold one: a list as JSON, as Python writes it (pandas does in a
/// CSV) or as NumPy does, with blanks between its elements.</summary>
internal static partial class CaptionList
{
    /// <summary>The captions of a field: those of a list, or the field itself.</summary>
    /// <exception cref="RowProblemException">It begins as a list of texts, and is none.</exception>
    public static IReadOnlyList<string> Parse(string field)
    {
        ReadOnlySpan<char> list = field.AsSpan().Trim();
        if (IsMissing(list))
            throw new RowProblemException($"the caption is '{list}', which stands for a missing one", RowRules.Remedy) { IsIncomplete = true };
        bool isArray = list.StartsWith("array([");
        if (isArray)
        {
            list = InArray(list);
            if (list.IsEmpty)
                throw Bad();
        }
        if (list is "[]" or "()")
            return [];
        if (list.StartsWith("["))
            return (isArray ? null : OfJson(field)) ?? PythonStrings.Read(list) ?? (isArray || MeansList().IsMatch(list) ? throw Bad() : [field]); // a caption may start with a bracket
        return list.StartsWith("('") || list.StartsWith("(\"") ? PythonStrings.Read(list) ?? [field] : [field];
    }

    /// <summary>Whether a text stands for a missing value, as pandas and databases write it.</summary>
    public static bool IsMissing(ReadOnlySpan<char> text) => text is "NaN" or "nan" or "None" or "null" or "NULL" or "<NA>" or "#N/A";

    // The list in what NumPy's repr writes: array(['a', 'b'], dtype=object).
    private static ReadOnlySpan<char> InArray(ReadOnlySpan<char> text)
    {
        int end = text.LastIndexOf(']');
        return ArrayEnd().IsMatch(text[(end + 1)..]) ? text["array(".Length..(end + 1)] : [];
    }

    private static string[]? OfJson(string field)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(field) is { } captions && Array.TrueForAll(captions, c => c is not null)
                ? captions
                : throw new RowProblemException("a caption in the list is null") { IsIncomplete = true };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^(?:,\s*dtype=[^()\[\]]+)?\)$")]
    private static partial Regex ArrayEnd();

    // A bracket and a quotation mark, a missing value, or nothing but numbers.
    [GeneratedRegex("""^\[[\[\s]*(?:u?['"]|np\.str_\(|(?:None|nan|null)\s*[,\]])|^\[[-+\d\s.,eE]*\]$""")]
    private static partial Regex MeansList();

    private static RowProblemException Bad() => new("the list of captions cannot be read", "A list is as JSON or Python writes it: [\"one\", \"two\"] or ['one', 'two'].");
}
