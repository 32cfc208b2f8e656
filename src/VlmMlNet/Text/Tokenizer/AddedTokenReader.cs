using System.Text.Json;

namespace VlmMlNet.Text.Tokenizer;

/// <summary>Reads added tokens as tokenizer.json and tokenizer_config.json describe them.</summary>
internal static class AddedTokenReader
{
    /// <summary>Reads one token.</summary>
    /// <param name="item">An object with content and flags.</param>
    /// <param name="id">Its id, which stands inside or before the object.</param>
    /// <param name="source">The file, for errors.</param>
    public static AddedToken Read(JsonElement item, int id, string source)
    {
        if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("content", out JsonElement content)
            || content.ValueKind != JsonValueKind.String || content.GetString() is not { Length: > 0 } text)
        {
            throw new MalformedInputException(source, $"the added token with id {id} has no content", "Download the file again.");
        }
        bool isSpecial = Flag("special", false);
        return new AddedToken(id, text, isSpecial, Flag("normalized", !isSpecial), Flag("lstrip", false), Flag("rstrip", false), Flag("single_word", false));

        bool Flag(string name, bool absent) => item.TryGetProperty(name, out JsonElement value) ? value.ValueKind == JsonValueKind.True : absent;
    }
}
