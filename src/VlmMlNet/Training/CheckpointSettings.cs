using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace VlmMlNet.Training;

/// <summary>The settings that decide what is learned, by name: training is continued only where all are the same. How long it
/// may take, how often it reports and saves, and where to, are not among them.</summary>
internal sealed class CheckpointSettings
{
    private static readonly JsonSerializerOptions s_json = new() { Converters = { new JsonStringEnumConverter() } };

    /// <param name="how">How it is trained, with its time limit taken out.</param>
    /// <param name="run">Seed and order of the data.</param>
    /// <param name="exampleCount">Size of the data.</param>
    public CheckpointSettings(object how, TrainingRun run, long exampleCount)
    {
        Add("", JsonSerializer.SerializeToNode(how, how.GetType(), s_json)!.AsObject());
        Values[nameof(run.Seed)] = run.Seed;
        Values[nameof(run.Shuffle)] = run.Shuffle;
        if (run.FeatureCache is { Precision: not WeightPrecision.Float32 } cache) // which changes nothing otherwise
            Values[$"{nameof(run.FeatureCache)}.{nameof(cache.Precision)}"] = cache.Precision.ToString();
        Values["number of examples"] = exampleCount;
        if (run is not { ValidationData: { } validation, Validation: { DecidesResult: true } options })
            return;
        Add("Validation.", JsonSerializer.SerializeToNode(options, s_json)!.AsObject());
        Values["number of validation examples"] = validation.Count;
    }

    /// <summary>Names and values; a setting within another has both names.</summary>
    public JsonObject Values { get; } = [];

    /// <summary>Each setting that differs, with both values; empty where none does.</summary>
    public string DifferencesFrom(JsonObject saved) => string.Join(", ", Differences(saved, Values));

    /// <summary>Each setting that differs.</summary>
    /// <param name="saved">Those that the training was begun with.</param>
    /// <param name="now">Those that it is to be continued with.</param>
    public static IEnumerable<SettingDifference> Differences(JsonObject saved, JsonObject now) => saved.Select(s => s.Key).Union(now.Select(v => v.Key))
        .Where(name => !JsonNode.DeepEquals(saved[name], now[name]))
        .Select(name => new SettingDifference(name, Text(saved[name]), Text(now[name])));

    private void Add(string prefix, JsonObject settings)
    {
        foreach (var (name, value) in settings)
        {
            if (value is JsonObject inner)
                Add($"{prefix}{name}.", inner);
            else
                Values[prefix + name] = value?.DeepClone();
        }
    }

    private static string Text(JsonNode? value) => value is null ? "none" : value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
}
