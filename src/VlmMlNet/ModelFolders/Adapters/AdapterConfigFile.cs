using System.Text.Json;
using VlmMlNet.Models.Lora;

namespace VlmMlNet.ModelFolders.Adapters;

/// <summary>Reads PEFT's adapter_config.json. What would change the numbers and is not computed here is refused by name.</summary>
internal static class AdapterConfigFile
{
    public const string FileName = "adapter_config.json";

    private const int MostPatterns = 4096, MostLayers = 100_000;
    private const string Remedy = "Merge the adapter into its base model with PEFT's merge_and_unload(), and load that.";

    // Read below, or without a say in what a trained adapter computes.
    private static readonly HashSet<string> s_known =
    [
        "peft_type", "r", "lora_alpha", "lora_dropout", "use_rslora", "rank_pattern", "alpha_pattern", "target_modules", "exclude_modules",
        "layers_to_transform", "layers_pattern", "base_model_name_or_path", "bias", "init_lora_weights", "fan_in_fan_out",
        "auto_mapping", "corda_config", "ensure_weight_tying", "eva_config", "inference_mode", "loftq_config", "lora_ga_config",
        "megatron_core", "peft_version", "qalora_group_size", "revision", "runtime_config", "task_type",
    ];

    // Ways to begin that change the base model's weights too: the adapter belongs to those, which no folder of the base model has.
    private static readonly string[] s_baseChanging = ["pissa", "olora", "corda", "loftq", "lora_ga"];

    /// <summary>Reads the file of a folder.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="MalformedInputException">It is damaged, or asks for something that is not supported.</exception>
    public static LoraConfig Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file {path}. Give an adapter folder as PEFT saves it, with {FileName} and {AdapterFolder.FileName}.", path);
        var root = ConfigSection.Open(path);
        Refuse(root);
        int rank = root.Whole("r", 8, 1, LoraConfig.MostRank);
        return new LoraConfig
        {
            Rank = rank,
            Alpha = Number(root, "lora_alpha", 8),
            Dropout = Dropout(root),
            IsRankStabilized = Flag(root, "use_rslora"),
            RankPattern = Pattern(root, "rank_pattern", value => value.TryGetInt32(out int number) && number is >= 1 and <= LoraConfig.MostRank ? number : null as int?),
            AlphaPattern = Pattern(root, "alpha_pattern", value => value.TryGetDouble(out double number) && double.IsFinite(number) ? number : null as double?),
            BaseModel = root.Text("base_model_name_or_path"),
            Targets = Targets(root),
        };
    }

    private static void Refuse(ConfigSection root)
    {
        if (root.Text("peft_type") is not ("LORA" or null))
            throw root.Bad("peft_type", "supported is 'LORA'.", Remedy);
        if (root.Text("bias") is not ("none" or null))
            throw root.Bad("bias", "supported is 'none'.", Remedy);
        if (root.Has("init_lora_weights") && root.Json.GetProperty("init_lora_weights") is { ValueKind: JsonValueKind.String } way
            && s_baseChanging.Any(name => way.GetString()!.StartsWith(name, StringComparison.OrdinalIgnoreCase)))
            throw root.Bad("init_lora_weights", "training was begun with changed weights of the base model, which the adapter alone does not have.", Remedy);
        foreach (var property in root.Json.EnumerateObject())
            if (!s_known.Contains(property.Name) && !IsNothing(property.Value) && !(property.Name == "megatron_config" && property.Value.ValueKind == JsonValueKind.Null))
                throw root.Bad(property.Name, "that is not supported.", Remedy);
    }

    private static bool IsNothing(JsonElement value) => value.ValueKind is JsonValueKind.Null or JsonValueKind.False
        || (value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any())
        || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0);

    private static LoraTargets Targets(ConfigSection root)
    {
        var (names, pattern) = NamesOrPattern(root, "target_modules");
        if (pattern is null && names is not { Count: > 0 })
            throw root.Bad("target_modules", "it must be a list of names, or a text.");
        var (excluded, excludedPattern) = NamesOrPattern(root, "exclude_modules");
        var (stacks, stack) = NamesOrPattern(root, "layers_pattern");
        var layers = root.WholeOrList("layers_to_transform", 0, MostLayers);
        if (pattern is not null && layers is not null)
            throw root.Bad("layers_to_transform", $"it goes with a list of target_modules, not with a text.");
        return new LoraTargets
        {
            Names = names,
            Pattern = pattern,
            ExcludedNames = excluded ?? [],
            ExcludedPattern = excludedPattern,
            Layers = layers,
            Stacks = stack is null ? stacks ?? [] : [stack],
        };
    }

    private static (IReadOnlyList<string>? Names, string? Pattern) NamesOrPattern(ConfigSection root, string key) =>
        root.Has(key) && root.Json.GetProperty(key).ValueKind == JsonValueKind.String ? (null, root.Text(key)) : (root.Texts(key), null);

    private static double Number(ConfigSection root, string key, double absent) => !root.Has(key) ? absent
        : root.Json.GetProperty(key) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double number) && double.IsFinite(number) ? number
        : throw root.Bad(key, "it must be a number.");

    private static double Dropout(ConfigSection root) => Number(root, "lora_dropout", 0) is >= 0 and < 1 and var share ? share : throw root.Bad("lora_dropout", "it must be from 0 to below 1.");

    private static bool Flag(ConfigSection root, string key) => !root.IsNull(key) && root.Flag(key, false);

    private static IReadOnlyList<KeyValuePair<string, T>> Pattern<T>(ConfigSection root, string key, Func<JsonElement, T?> parse) where T : struct
    {
        if (root.Section(key) is not { } section)
            return [];
        var patterns = new List<KeyValuePair<string, T>>();
        foreach (var entry in section.Json.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number || parse(entry.Value) is not { } value)
                throw section.Bad(entry.Name, key == "rank_pattern" ? $"a rank is a whole number from 1 to {LoraConfig.MostRank}." : "an alpha is a number.");
            patterns.Add(KeyValuePair.Create(entry.Name, value));
        }
        return patterns.Count <= MostPatterns ? patterns : throw root.Problem($"{key} has {patterns.Count} patterns; the limit is {MostPatterns}");
    }
}
