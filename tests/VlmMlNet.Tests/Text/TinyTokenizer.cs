using System.Text;
using System.Text.Json.Nodes;
using VlmMlNet.Text;
using VlmMlNet.Text.Tokenizer;

namespace VlmMlNet.Tests.Text;

/// <summary>Tokenizers that a test can know by heart: the 256 bytes have the ids 0 to 255 (a byte's own value), merges follow
/// from 256, and the three added tokens stand behind.</summary>
internal static class TinyTokenizer
{
    public static VlmTokenizer Create(params string[] merges) => From(Json(merges));

    public static VlmTokenizer From(JsonObject json) => VlmTokenizer.FromJson(Encoding.UTF8.GetBytes(json.ToJsonString()), "tiny.json");

    /// <summary>Trains until the test is cancelled.</summary>
    public static VlmTokenizer TrainOn(this BpeTrainer trainer, IEnumerable<string> texts) =>
        trainer.Train(texts, cancellationToken: TestContext.Current.CancellationToken);

    public static JsonObject Json(params string[] merges)
    {
        var vocabulary = new JsonObject();
        for (int value = 0; value < 256; value++)
            vocabulary[ByteAlphabet.Character((byte)value).ToString()] = value;
        foreach (string merge in merges)
            vocabulary[merge.Replace(" ", "", StringComparison.Ordinal)] = vocabulary.Count;
        int next = vocabulary.Count;
        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray(Added(next, "<|endoftext|>"), Added(next + 1, "<|im_start|>"), Added(next + 2, "<|im_end|>")),
            ["normalizer"] = JsonNode.Parse(TokenizerParts.Qwen.Normalizer),
            ["pre_tokenizer"] = JsonNode.Parse(TokenizerParts.Qwen.PreTokenizer),
            ["post_processor"] = JsonNode.Parse(TokenizerParts.Qwen.PostProcessor),
            ["decoder"] = JsonNode.Parse(TokenizerParts.Qwen.Decoder),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = "",
                ["end_of_word_suffix"] = "",
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray([.. merges.Select(merge => JsonValue.Create(merge))]),
            },
        };
    }

    public static JsonObject Added(int id, string content, bool special = true, bool normalized = false, bool lstrip = false, bool rstrip = false, bool singleWord = false) => new()
    {
        ["id"] = id,
        ["content"] = content,
        ["single_word"] = singleWord,
        ["lstrip"] = lstrip,
        ["rstrip"] = rstrip,
        ["normalized"] = normalized,
        ["special"] = special,
    };

    /// <summary>The words that text is split into, each as its own text.</summary>
    public static string[] Words(this VlmTokenizer tokenizer, string text) =>
        [.. tokenizer.Splitter.Split(text).Select(word => text.Substring(word.Offset, word.Length))];
}
