using System.Text.Json.Nodes;
using VlmMlNet.Training;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Components.Recipes;

/// <summary>What a whole run was begun with, as its state keeps it: compared before it is continued, finished or not.</summary>
internal static class StagedTrainingSettings
{
    private const string StagesKey = "stages", OriginsKey = "origins", DataKey = "data", IdentityKey = "identity", TextKey = "text";

    /// <summary>Each stage's settings by its name, and the origins by theirs.</summary>
    public static JsonObject Of(StagedTraining plan)
    {
        var fingerprints = new Dictionary<TrainingSet, string>(ReferenceEqualityComparer.Instance);
        var stages = new JsonObject();
        foreach (var (stage, data) in plan.Stages)
        {
            if (!fingerprints.TryGetValue(data, out string? fingerprint))
                fingerprints.Add(data, fingerprint = DataFingerprint.Of(data));
            var values = new CheckpointSettings(stage with { MaxDuration = null }, plan.Run, data.Count).Values;
            values[DataKey] = fingerprint;
            stages[stage.Name] = values;
        }
        var origins = new JsonObject();
        foreach (var origin in plan.Origins)
            origins[origin.Name] = new JsonObject { [IdentityKey] = origin.Identity, [TextKey] = origin.Text };
        return new JsonObject { [StagesKey] = stages, [OriginsKey] = origins };
    }

    /// <summary>How many stages the run has; null where it does not say.</summary>
    public static int? StageCount(JsonObject settings) => (settings[StagesKey] as JsonObject)?.Count;

    /// <summary>Each setting that differs, once. Stages that only one of the two has are left out.</summary>
    /// <param name="saved">Those that the run was begun with.</param>
    /// <param name="now">Those that it is to be continued with.</param>
    public static IReadOnlyList<SettingDifference> Differences(JsonObject saved, JsonObject now)
    {
        var found = new List<SettingDifference>();
        var otherPlaces = new List<SettingDifference>();
        foreach (var (name, was, isNow) in Common(OriginsKey))
        {
            var difference = new SettingDifference(name, Text(was, TextKey), Text(isNow, TextKey));
            string before = Text(was, IdentityKey), after = Text(isNow, IdentityKey);
            if (before.Length > 0 && after.Length > 0 && before != after)
                found.Add(difference);
            else if (before.Length + after.Length == 0 && difference.Saved != difference.Now)
                otherPlaces.Add(difference);
        }
        bool hasOtherOrigin = found.Count > 0, hasOtherData = false;
        foreach (var (_, was, isNow) in Common(StagesKey))
        {
            foreach (var difference in CheckpointSettings.Differences(was, isNow))
            {
                if (difference.Name == DataKey)
                    hasOtherData = true;
                else
                    found.Add(difference);
            }
        }
        // Where it lies may differ; that it is another one is told by where it lies. Another prompt alone changes the examples too.
        if (hasOtherData && otherPlaces.Count > 0)
            found.AddRange(otherPlaces);
        else if (hasOtherData && !hasOtherOrigin)
            found.Add(new SettingDifference(DataKey, "as it was", "with other content"));
        return [.. found.Distinct()];

        IEnumerable<(string Name, JsonObject Saved, JsonObject Now)> Common(string key) =>
            from entry in saved[key] as JsonObject ?? [] where now[key]?[entry.Key] is JsonObject && entry.Value is JsonObject select (entry.Key, entry.Value.AsObject(), now[key]![entry.Key]!.AsObject());
    }

    private static string Text(JsonObject origin, string key) => origin[key]?.ToString() ?? "";
}
