using System.Text.Json;

namespace VlmMlNet.Text.Tokenizer;

/// <summary>Reads a JSON object of tokens and ids, as vocab.json and a tokenizer.json's model hold it.</summary>
internal static class VocabularyReader
{
    /// <summary>Reads the object that <paramref name="reader"/> stands at the start of.</summary>
    /// <exception cref="MalformedInputException">An id is not a number, out of bounds, or another token's.</exception>
    public static Dictionary<string, int> Read(ref Utf8JsonReader reader, string source)
    {
        var vocabulary = new Dictionary<string, int>(1024);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string token = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out int id) || id is < 0 or >= TokenizerDefinition.IdLimit)
                throw BadId(source, token);
            vocabulary[token] = id;
        }
        return vocabulary;
    }

    /// <summary>Reads a whole file.</summary>
    public static Dictionary<string, int> ReadFile(ReadOnlySpan<byte> json, string path)
    {
        try
        {
            var reader = new Utf8JsonReader(json.StartsWith("\uFEFF"u8) ? json[3..] : json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw new MalformedInputException(path, "it is not a JSON object of tokens and ids", "Use the vocab.json of a Qwen2 model.");
            Dictionary<string, int> vocabulary = Read(ref reader, path);
            if (vocabulary.Count == 0)
                throw new MalformedInputException(path, "the vocabulary is empty", "Use the vocab.json of a Qwen2 model.");
            return vocabulary;
        }
        catch (Exception exception) when (JsonErrors.IsAboutInput(exception))
        {
            throw JsonErrors.Describe(path, exception);
        }
    }

    private static MalformedInputException BadId(string source, string token) =>
        new(source, $"the id of token '{token}' is not a number from 0 to {TokenizerDefinition.IdLimit - 1}", "Download the file again.");
}
