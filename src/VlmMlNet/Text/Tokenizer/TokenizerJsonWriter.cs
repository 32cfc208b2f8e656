using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace VlmMlNet.Text.Tokenizer;

/// <summary>Writes tokenizer.json and tokenizer_config.json.</summary>
internal static class TokenizerJsonWriter
{
    private static readonly JsonWriterOptions s_options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A complete tokenizer.json. Merges are written as <c>left right</c>, which all versions of Hugging Face's
    /// reader know.</summary>
    public static ReadOnlyMemory<byte> WriteTokenizer(TokenizerDefinition definition)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            writer.WriteStartObject();
            writer.WriteString("version", "1.0");
            WriteRaw(writer, "truncation", definition.Parts.Truncation);
            WriteRaw(writer, "padding", definition.Parts.Padding);
            writer.WriteStartArray("added_tokens");
            foreach (AddedToken token in definition.AddedTokens)
            {
                writer.WriteStartObject();
                writer.WriteNumber("id", token.Id);
                WriteAddedToken(writer, token);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            WriteRaw(writer, "normalizer", definition.Parts.Normalizer);
            WriteRaw(writer, "pre_tokenizer", definition.Parts.PreTokenizer);
            WriteRaw(writer, "post_processor", definition.Parts.PostProcessor);
            WriteRaw(writer, "decoder", definition.Parts.Decoder);
            WriteModel(writer, definition);
            writer.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    /// <summary>A tokenizer_config.json with which Hugging Face's AutoTokenizer loads the folder.</summary>
    public static ReadOnlyMemory<byte> WriteConfiguration(TokenizerDefinition definition)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("add_prefix_space", false);
            writer.WriteStartObject("added_tokens_decoder");
            foreach (AddedToken token in definition.AddedTokens)
            {
                writer.WriteStartObject($"{token.Id}");
                WriteAddedToken(writer, token);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
            writer.WriteNull("bos_token");
            writer.WriteString("chat_template", QwenTokens.JinjaTemplate);
            writer.WriteBoolean("clean_up_tokenization_spaces", false);
            writer.WriteString("eos_token", QwenTokens.ImEnd);
            writer.WriteString("errors", "replace");
            writer.WriteString("pad_token", QwenTokens.EndOfText);
            writer.WriteBoolean("split_special_tokens", false);
            writer.WriteString("tokenizer_class", "Qwen2Tokenizer");
            writer.WriteNull("unk_token");
            writer.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    private static void WriteAddedToken(Utf8JsonWriter writer, AddedToken token)
    {
        writer.WriteString("content", token.Content);
        writer.WriteBoolean("single_word", token.IsSingleWord);
        writer.WriteBoolean("lstrip", token.StripsLeft);
        writer.WriteBoolean("rstrip", token.StripsRight);
        writer.WriteBoolean("normalized", token.IsNormalized);
        writer.WriteBoolean("special", token.IsSpecial);
    }

    private static void WriteModel(Utf8JsonWriter writer, TokenizerDefinition definition)
    {
        writer.WriteStartObject("model");
        writer.WriteString("type", "BPE");
        writer.WriteNull("dropout");
        writer.WriteString("unk_token", definition.UnknownToken);
        writer.WriteString("continuing_subword_prefix", "");
        writer.WriteString("end_of_word_suffix", "");
        writer.WriteBoolean("fuse_unk", definition.FusesUnknownTokens);
        writer.WriteBoolean("byte_fallback", false);
        writer.WriteBoolean("ignore_merges", false);
        writer.WriteStartObject("vocab");
        var tokens = new Dictionary<int, string>(definition.Vocabulary.Count);
        foreach ((string token, int id) in definition.Vocabulary.OrderBy(entry => entry.Value))
        {
            writer.WriteNumber(token, id);
            tokens.Add(id, token);
        }
        writer.WriteEndObject();
        writer.WriteStartArray("merges");
        foreach ((int left, int right) in definition.Merges)
            writer.WriteStringValue($"{tokens[left]} {tokens[right]}");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteRaw(Utf8JsonWriter writer, string name, string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        writer.WritePropertyName(name);
        document.RootElement.WriteTo(writer);
    }
}
