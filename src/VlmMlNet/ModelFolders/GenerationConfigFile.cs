using VlmMlNet.Files;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;

namespace VlmMlNet.ModelFolders;

/// <summary>generation_config.json beside a language model: where it ends an answer, and with what settings others generate.</summary>
internal static class GenerationConfigFile
{
    public const string FileName = "generation_config.json";

    private const string Bos = "bos_token_id", Eos = "eos_token_id", Pad = "pad_token_id";

    /// <summary>The special tokens of a config.json or its <c>text_config</c>.</summary>
    /// <param name="root">The object.</param>
    /// <param name="vocabSize">Ids are below it; -1, as some publish, is none.</param>
    public static GenerationSettings ReadConfig(ConfigSection root, int vocabSize) => new()
    {
        BosTokenId = Id(root, Bos, vocabSize),
        EosTokenIds = Ids(root, vocabSize) ?? [],
        PadTokenId = Id(root, Pad, vocabSize),
    };

    /// <summary>Adds what the folder's file says, where there is one.</summary>
    /// <param name="config">Of the folder's config.json.</param>
    /// <param name="folder">The folder.</param>
    public static Qwen2Config Apply(Qwen2Config config, string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return config;
        var root = ConfigSection.Open(path);
        return config with { Generation = config.Generation with { GenerationEosTokenIds = Ids(root, config.VocabSize), GenerationConfig = root.ToJson() } };
    }

    /// <summary>Writes the file as it was read; without one, only what a folder of another model had is removed.</summary>
    /// <param name="config">The model's.</param>
    /// <param name="folder">Where to.</param>
    public static void Write(Qwen2Config config, string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (config.Generation.GenerationConfig is { } text)
            PendingFile.Write(path, System.Text.Encoding.UTF8.GetBytes(text));
        else
            File.Delete(path);
    }

    /// <summary>Writes the special tokens into a config.json.</summary>
    public static void WriteTokens(System.Text.Json.Utf8JsonWriter json, GenerationSettings settings)
    {
        if (settings.BosTokenId is { } bos)
            json.WriteNumber(Bos, bos);
        if (settings.EosTokenIds is [var only])
        {
            json.WriteNumber(Eos, only);
        }
        else if (settings.EosTokenIds.Length > 0)
        {
            json.WriteStartArray(Eos);
            foreach (int id in settings.EosTokenIds)
                json.WriteNumberValue(id);
            json.WriteEndArray();
        }
        if (settings.PadTokenId is { } pad)
            json.WriteNumber(Pad, pad);
    }

    private static int? Id(ConfigSection root, string key, int vocabSize) =>
        !root.Has(key) || root.IsNull(key) || root.Whole(key, -1, -1, vocabSize - 1) is not (>= 0 and int id) ? null : id;

    private static int[]? Ids(ConfigSection root, int vocabSize) => root.WholeOrList(Eos, -1, vocabSize - 1) is { } ids ? [.. ids.Where(id => id >= 0)] : null;
}
