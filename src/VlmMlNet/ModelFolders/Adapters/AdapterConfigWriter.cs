using System.Text.Json;
using VlmMlNet.Models.Lora;
using static TorchSharp.torch;

namespace VlmMlNet.ModelFolders.Adapters;

/// <summary>Writes PEFT's adapter_config.json.</summary>
internal static class AdapterConfigWriter
{
    /// <param name="adapter">The adapter.</param>
    /// <param name="module">What it changes: it tells how short the names of its layers may be.</param>
    /// <param name="isLanguageModel">Whether that is a language model.</param>
    public static byte[] ToJson(LoraAdapter adapter, nn.Module module, bool isLanguageModel)
    {
        int rank = MostFrequent(adapter.Layers.Select(l => l.Rank));
        double alpha = MostFrequent(adapter.Layers.Select(Alpha));
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("peft_type", "LORA");
            json.WriteString("task_type", isLanguageModel ? "CAUSAL_LM" : null);
            json.WriteString("base_model_name_or_path", adapter.BaseModel);
            json.WriteBoolean("inference_mode", true);
            json.WriteNumber("r", rank);
            json.WriteNumber("lora_alpha", alpha);
            json.WriteNumber("lora_dropout", adapter.Dropout);
            json.WriteBoolean("use_rslora", false); // alpha is the one that gives the same
            WriteNames(json, "target_modules", Targets(adapter, module));
            WritePattern(json, "rank_pattern", adapter.Layers.Where(l => l.Rank != rank).Select(l => (l.Layer, (double)l.Rank)));
            WritePattern(json, "alpha_pattern", adapter.Layers.Where(l => Alpha(l) != alpha).Select(l => (l.Layer, Alpha(l))));
            json.WriteString("bias", "none");
            json.WriteBoolean("fan_in_fan_out", false);
            json.WriteBoolean("init_lora_weights", true);
            json.WriteNull("modules_to_save");
            json.WriteBoolean("use_dora", false);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    // Scaling times rank; a whole number where it was one.
    private static double Alpha(LoraMatrices layer) => Math.Round(layer.Scaling * layer.Rank) is var whole && Math.Abs(whole - layer.Scaling * layer.Rank) < 1e-9 * Math.Abs(whole)
        ? whole
        : layer.Scaling * layer.Rank;

    private static T MostFrequent<T>(IEnumerable<T> values) => values.GroupBy(v => v).MaxBy(g => g.Count())!.Key;

    // The last parts of the names where they mean the same layers.
    private static IReadOnlyList<string> Targets(LoraAdapter adapter, nn.Module module)
    {
        string[] ends = [.. adapter.LayerNames.Select(name => name[(name.LastIndexOf('.') + 1)..]).Distinct().Order(StringComparer.Ordinal)];
        var meant = module.named_modules().Select(m => m.name).Where(name => ends.Any(end => name == end || name.EndsWith('.' + end, StringComparison.Ordinal)));
        return meant.Order(StringComparer.Ordinal).SequenceEqual(adapter.LayerNames) ? ends : adapter.LayerNames;
    }

    private static void WriteNames(Utf8JsonWriter json, string key, IEnumerable<string> names)
    {
        json.WriteStartArray(key);
        foreach (string name in names)
            json.WriteStringValue(name);
        json.WriteEndArray();
    }

    private static void WritePattern(Utf8JsonWriter json, string key, IEnumerable<(string Layer, double Value)> values)
    {
        json.WriteStartObject(key);
        foreach (var (layer, value) in values.OrderBy(v => v.Layer, StringComparer.Ordinal))
            json.WriteNumber('^' + layer.Replace(".", @"\.", StringComparison.Ordinal), value);
        json.WriteEndObject();
    }
}
