using System.Text.Json;
using VlmMlNet.Data.Json;

namespace VlmMlNet.Data.Mixtures;

/// <summary>A value in a recipe file, with errors that say where it stands.</summary>
/// <param name="file">The recipe.</param>
/// <param name="place">Where in it, such as <c>datasets[1].weight</c>; empty for the whole.</param>
/// <param name="value">The value.</param>
internal sealed class RecipeNode(string file, string place, JsonElement value)
{
    public MalformedInputException Bad(string problem, string? remedy, Exception? cause = null) => new(file, place.Length == 0 ? problem : $"{place}: {problem}", remedy, null, cause);

    /// <summary>The values of an object by their names.</summary>
    /// <param name="known">The names that there are; null for any.</param>
    public Dictionary<string, RecipeNode> Properties(string[]? known)
    {
        Require(JsonValueKind.Object, "names with values");
        var properties = new Dictionary<string, RecipeNode>();
        foreach (JsonProperty property in value.EnumerateObject())
        {
            string name = NameOf(property);
            if (name.Length == 0)
                throw Bad("a name is empty", null);
            if (known is not null && !known.Contains(name))
                throw Bad($"'{Shortened(name)}' is no property of {(place.Length == 0 ? "a recipe" : "a data set")}", $"They are {string.Join(", ", known.Select(k => $"'{k}'"))}.");
            if (!properties.TryAdd(name, new RecipeNode(file, place.Length == 0 ? name : $"{place}.{Shortened(name)}", property.Value)))
                throw Bad($"'{Shortened(name)}' is given twice", null);
        }
        return properties;
    }

    public IEnumerable<RecipeNode> Items()
    {
        Require(JsonValueKind.Array, "a list");
        return value.EnumerateArray().Select((item, i) => new RecipeNode(file, $"{place}[{i}]", item));
    }

    public string Text()
    {
        Require(JsonValueKind.String, "a text that is not empty");
        try
        {
            return value.GetString() is not { Length: > 0 } text ? throw Bad("it is empty", null)
                : text.Contains('\0', StringComparison.Ordinal) ? throw Bad("it has a null character in it", null)
                : text;
        }
        catch (InvalidOperationException e)
        {
            throw Bad("it is no valid text", "Save the file as UTF-8.", e);
        }
    }

    /// <summary>One text or several. Numbers and truth values, which YAML takes some texts for, count as they are written.</summary>
    public IReadOnlyList<string> TextOrTexts() => value.ValueKind == JsonValueKind.Array ? [.. Items().Select(i => i.Literal())] : [Literal()];

    public double Number()
    {
        Require(JsonValueKind.Number, "a number");
        return value.TryGetDouble(out double number) && double.IsFinite(number) ? number : throw Bad($"{Shortened(value.GetRawText())} is too large", null);
    }

    public long Integer()
    {
        Require(JsonValueKind.Number, "a number");
        return JsonIntegers.Read(value) ?? throw Bad($"{Shortened(value.GetRawText())} is no integer of 64 bits", null);
    }

    public T OneOf<T>(params ReadOnlySpan<(string Name, T Value)> choices)
    {
        string text = Text();
        foreach ((string name, T choice) in choices)
        {
            if (name == text)
                return choice;
        }
        var names = new List<string>();
        foreach ((string name, T _) in choices)
            names.Add($"'{name}'");
        throw Bad($"it is '{Shortened(text)}'", $"It is one of {string.Join(", ", names)}.");
    }

    private string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException e)
        {
            throw Bad("a name is no valid text", "Save the file as UTF-8.", e);
        }
    }

    private string Literal() => value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False ? value.GetRawText() : Text();

    private void Require(JsonValueKind kind, string expected)
    {
        if (value.ValueKind != kind)
            throw Bad($"it is {value.ValueKind switch
            {
                JsonValueKind.String => "a text",
                JsonValueKind.Number => "a number",
                JsonValueKind.True or JsonValueKind.False => "true or false",
                JsonValueKind.Array => "a list",
                JsonValueKind.Object => "names with values",
                _ => "empty",
            }} where {expected} {(expected.StartsWith("names", StringComparison.Ordinal) ? "are" : "is")} expected", null);
    }

    private static string Shortened(string text) => text.Length <= 60 ? text : text[..60] + "...";
}
