using System.Text.Json;
using VlmMlNet.Files;
using VlmMlNet.Imaging;
using VlmMlNet.Safetensors;
using VlmMlNet.Text;
using VlmMlNet.Text.Tokenizer;

namespace VlmMlNet.ModelFolders;

/// <summary>Names the files of two backbones that say something else than what is done here, so that no one has to find out from
/// the results.</summary>
internal static class BackboneNotes
{
    private static readonly string[] s_templates = ["chat_template.jinja", "chat_template.json", "tokenizer_config.json"];

    // Keys of generation_config.json, and the value that changes nothing in a greedy search.
    private static readonly (string Key, string Neutral)[] s_generation =
        [("do_sample", "false"), ("num_beams", "1"), ("repetition_penalty", "1"), ("no_repeat_ngram_size", "0"), ("length_penalty", "1"), ("min_new_tokens", "0"), ("min_length", "0")];

    /// <summary>One sentence for each difference.</summary>
    /// <param name="visionFolder">The image encoder's.</param>
    /// <param name="languageFolder">The language model's.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="systemPrompt">What conversations without a system message get; null for none.</param>
    public static IEnumerable<string> Find(string visionFolder, string languageFolder, VlmTokenizer tokenizer, string? systemPrompt)
    {
        if (ImageProcessorFolder.Find(visionFolder) is null)
            yield return $"{visionFolder} holds neither {ImageProcessorFolder.FileName} nor processor_config.json: pictures are prepared as for the first SigLIP (bicubic, mean and deviation 0.5).";
        string generation = Path.Combine(languageFolder, GenerationConfigFile.FileName);
        if (Open(generation) is { } settings)
        {
            string[] keys = [.. s_generation.Where(s => settings.TryGetProperty(s.Key, out var value) && value.ValueKind != JsonValueKind.Null && !IsNeutral(value, s.Neutral)).Select(s => s.Key)];
            if (keys.Length > 0)
                yield return $"{generation}: {string.Join(", ", keys)} {(keys.Length == 1 ? "is" : "are")} not taken over; the options of generating decide.";
        }
        foreach (string name in s_templates)
        {
            string path = Path.Combine(languageFolder, name);
            if (Template(path) is not { } template)
                continue;
            if (!template.Contains(QwenTokens.ImStart, StringComparison.Ordinal))
                yield return $"{path}: the chat template is not ChatML, which is what conversations are written in here.";
            else if (systemPrompt == QwenTokens.SystemPrompt && !template.Contains(QwenTokens.SystemPrompt, StringComparison.Ordinal))
                yield return $"{path}: the chat template has another default system message than Qwen2.5's, which is what conversations without one get here.";
            break; // transformers takes the first as well
        }
        foreach (string name in TokenizerFolder.SpecialTokens(languageFolder).Where(name => tokenizer.TokenToId(name) is null))
            yield return $"{Path.Combine(languageFolder, TokenizerFolder.SpecialTokensName)}: the tokenizer has no token {TensorName.Quote(name)}; it is read as plain text.";
    }

    private static bool IsNeutral(JsonElement value, string neutral) => value.ValueKind == JsonValueKind.Number
        ? double.TryParse(neutral, System.Globalization.CultureInfo.InvariantCulture, out double number) && value.TryGetDouble(out double found) && found == number
        : value.ValueKind == JsonValueKind.False && neutral == "false";

    private static string? Template(string path)
    {
        if (!File.Exists(path))
            return null;
        if (path.EndsWith(".jinja", StringComparison.Ordinal))
        {
            RegularFile.Check(path);
            return File.ReadAllText(path);
        }
        return Open(path) is { } root && root.TryGetProperty("chat_template", out var template) && template.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? template.ToString() : null;
    }

    private static JsonElement? Open(string path) => File.Exists(path) ? ConfigSection.Open(path).Json : null;
}
