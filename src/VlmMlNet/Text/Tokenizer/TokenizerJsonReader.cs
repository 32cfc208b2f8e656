using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace VlmMlNet.Text.Tokenizer;

/// <summary>Reads Hugging Face's tokenizer.json in one pass over its bytes.</summary>
internal static class TokenizerJsonReader
{
    private const string Remedy = "Use the tokenizer.json of a Qwen2 model.";

    /// <summary>Reads a byte-level BPE.</summary>
    /// <exception cref="MalformedInputException">The bytes are not JSON, or describe another kind of tokenizer, or contradict
    /// themselves.</exception>
    public static TokenizerDefinition Read(ReadOnlySpan<byte> json, string source)
    {
        try
        {
            return ReadDefinition(json.StartsWith("\uFEFF"u8) ? json[3..] : json, source);
        }
        catch (Exception exception) when (JsonErrors.IsAboutInput(exception))
        {
            throw JsonErrors.Describe(source, exception);
        }
    }

    private static TokenizerDefinition ReadDefinition(ReadOnlySpan<byte> json, string source)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new MalformedInputException(source, "it is not a JSON object", Remedy);
        var parts = new TokenizerParts();
        var addedTokens = new List<AddedToken>();
        ModelPart? model = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            switch (name)
            {
                case "model":
                    model = ReadModel(ref reader, source);
                    break;
                case "added_tokens":
                    using (JsonDocument document = JsonDocument.ParseValue(ref reader))
                        addedTokens = ReadAddedTokens(document.RootElement, source);
                    break;
                case "truncation":
                    parts = parts with { Truncation = RawText(ref reader) };
                    break;
                case "padding":
                    parts = parts with { Padding = RawText(ref reader) };
                    break;
                case "normalizer":
                    parts = parts with { Normalizer = RawText(ref reader) };
                    break;
                case "pre_tokenizer":
                    parts = parts with { PreTokenizer = RawText(ref reader) };
                    break;
                case "post_processor":
                    parts = parts with { PostProcessor = RawText(ref reader) };
                    break;
                case "decoder":
                    parts = parts with { Decoder = RawText(ref reader) };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        while (reader.Read())
        {
            // Behind the closing brace only white space is valid; the reader throws at anything else.
        }
        if (model is null)
            throw new MalformedInputException(source, "it has no 'model'", Remedy);
        model.Check(source);
        return new TokenizerDefinition
        {
            Source = source,
            Vocabulary = model.Vocabulary,
            Merges = MergeTable.Resolve(model.Merges, model.Vocabulary, source),
            AddedTokens = addedTokens,
            UnknownToken = model.UnknownToken,
            FusesUnknownTokens = model.FusesUnknownTokens,
            Parts = parts,
        };
    }

    private static ModelPart ReadModel(ref Utf8JsonReader reader, string source)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new MalformedInputException(source, "its 'model' is not an object", Remedy);
        var model = new ModelPart();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            switch (name)
            {
                case "type" when reader.TokenType == JsonTokenType.String:
                    model.Type = reader.GetString()!;
                    break;
                case "vocab" when reader.TokenType == JsonTokenType.StartObject:
                    model.Vocabulary = VocabularyReader.Read(ref reader, source);
                    break;
                case "merges" when reader.TokenType == JsonTokenType.StartArray:
                    model.Merges = ReadMerges(ref reader, source);
                    break;
                case "unk_token" when reader.TokenType == JsonTokenType.String:
                    model.UnknownToken = reader.GetString();
                    break;
                case "fuse_unk":
                    model.FusesUnknownTokens = reader.TokenType == JsonTokenType.True;
                    break;
                case "continuing_subword_prefix" or "end_of_word_suffix" when reader.TokenType == JsonTokenType.String && reader.GetString()!.Length > 0:
                    model.Unsupported ??= $"marks words with '{name}'";
                    break;
                case "byte_fallback" or "ignore_merges" when reader.TokenType == JsonTokenType.True:
                    model.Unsupported ??= $"has '{name}'";
                    break;
                case "dropout" when reader.TokenType == JsonTokenType.Number && reader.GetDouble() > 0:
                    model.Unsupported ??= "has dropout";
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return model;
    }

    private static List<(string Left, string Right)> ReadMerges(ref Utf8JsonReader reader, string source)
    {
        var merges = new List<(string Left, string Right)>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String && MergeTable.TrySplit(reader.GetString()!, out (string Left, string Right) merge))
            {
                merges.Add(merge);
                continue;
            }
            if (reader.TokenType == JsonTokenType.StartArray && ReadString(ref reader) is { } left && ReadString(ref reader) is { } right
                && reader.Read() && reader.TokenType == JsonTokenType.EndArray)
            {
                merges.Add((left, right));
                continue;
            }
            throw new MalformedInputException(source, $"merge {merges.Count} is not a pair of tokens", "Download the file again.");
        }
        return merges;
    }

    private static string? ReadString(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;

    private static List<AddedToken> ReadAddedTokens(JsonElement list, string source)
    {
        var tokens = new List<AddedToken>();
        if (list.ValueKind == JsonValueKind.Null)
            return tokens;
        if (list.ValueKind != JsonValueKind.Array)
            throw new MalformedInputException(source, "'added_tokens' is not a list", Remedy);
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("id", out JsonElement id)
                || id.ValueKind != JsonValueKind.Number || !id.TryGetInt32(out int value))
            {
                throw new MalformedInputException(source, $"added token {tokens.Count} has no id", Remedy);
            }
            tokens.Add(AddedTokenReader.Read(item, value, source));
        }
        return tokens;
    }

    private static string RawText(ref Utf8JsonReader reader)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.GetRawText();
    }

    /// <summary>The 'model' object as it was read.</summary>
    private sealed class ModelPart
    {
        public string? Type { get; set; }

        public Dictionary<string, int> Vocabulary { get; set; } = [];

        public List<(string Left, string Right)>? Merges { get; set; }

        public string? UnknownToken { get; set; }

        public bool FusesUnknownTokens { get; set; }

        public string? Unsupported { get; set; }

        [MemberNotNull(nameof(Merges))]
        public void Check(string source)
        {
            if (Type is not (null or "BPE"))
                throw new MalformedInputException(source, $"its model is of type '{Type}', but only byte-level BPE is supported", Remedy);
            if (Unsupported is not null)
                throw new MalformedInputException(source, $"its model {Unsupported}, but only plain byte-level BPE is supported", Remedy);
            if (Vocabulary.Count == 0)
                throw new MalformedInputException(source, "its model has no vocabulary", Remedy);
            if (Merges is null)
                throw new MalformedInputException(source, "its model has no merges", Remedy);
        }
    }
}
