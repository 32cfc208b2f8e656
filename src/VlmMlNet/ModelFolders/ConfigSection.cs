using System.Text.Json;
using System.Text.Unicode;
using VlmMlNet.Files;
using VlmMlNet.Safetensors;

namespace VlmMlNet.ModelFolders;

/// <summary>One JSON object of a config.json: reads keys with their defaults and ranges, and names file, key and value in errors.</summary>
internal sealed class ConfigSection
{
    private const int MaxLength = 1 << 24, MaxShown = 80;
    private readonly JsonElement _json;
    private readonly string _path, _prefix;

    private ConfigSection(string path, string prefix, JsonElement json)
    {
        _path = path;
        _prefix = prefix;
        _json = json;
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    public static ConfigSection Open(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file {path}. Give a folder as Hugging Face publishes it, with config.json and {Checkpoint.FileName}.", path);
        RegularFile.Check(path);
        long length = new FileInfo(path).Length;
        if (length > MaxLength)
            throw new MalformedInputException(path, $"it has {length} bytes; the limit for a configuration is {MaxLength}");
        ReadOnlyMemory<byte> text = File.ReadAllBytes(path);
        if (!Utf8.IsValid(text.Span))
            throw new MalformedInputException(path, "it is not valid JSON (it is not UTF-8 text)", Remedy(path));
        if (text.Span.StartsWith("\uFEFF"u8))
            text = text[3..];
        try
        {
            // Without duplicates every name is decoded here, so that half of a surrogate pair in one is found here too.
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? new ConfigSection(path, "", json.RootElement.Clone())
                : throw new MalformedInputException(path, "it is not a JSON object", Remedy(path));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new MalformedInputException(path, $"it is not valid JSON ({e.Message.TrimEnd('.')})", Remedy(path), innerException: e);
        }
    }

    /// <summary>An object inside this one; null when the key is absent or null.</summary>
    public ConfigSection? Section(string key) => Find(key) is not { ValueKind: not JsonValueKind.Null } value ? null
        : value.ValueKind == JsonValueKind.Object ? new ConfigSection(_path, $"{_prefix}{key}.", value)
        : throw Bad(key, "it must be an object.");

    /// <summary>A whole number from 1 to a limit, which keeps an absurd value from allocating memory.</summary>
    public int Size(string key, int absent, int most) => Whole(key, absent, 1, most);

    public int Whole(string key, int absent, int least, int most) => Find(key) is not JsonElement value ? absent
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= most ? number
        : throw Bad(key, $"it must be a whole number from {least} to {most}.");

    /// <summary>A number above zero.</summary>
    public double Positive(string key, double absent) => Find(key) is not JsonElement value ? absent
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number > 0 && double.IsFinite(number) ? number
        : throw Bad(key, "it must be a number above zero.");

    public bool Flag(string key, bool absent) => Find(key) is not JsonElement value ? absent
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Bad(key, "it must be true or false.");

    /// <summary>A text; null when the key is absent or null.</summary>
    public string? Text(string key) => Find(key) is not { ValueKind: not JsonValueKind.Null } value ? null
        : TryGetText(value) ?? throw Bad(key, "it must be a text.");

    /// <summary>Whole numbers of a list, or one alone; null when the key is absent or null.</summary>
    public int[]? WholeOrList(string key, int least, int most)
    {
        if (Find(key) is not { ValueKind: not JsonValueKind.Null } value)
            return null;
        JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        return [.. items.Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int number) && number >= least && number <= most
            ? number
            : throw Bad(key, $"it must be a whole number from {least} to {most}, or a list of such."))];
    }

    /// <summary>The texts of a list; null when the key is absent or null.</summary>
    public IReadOnlyList<string>? Texts(string key) => Find(key) is not { ValueKind: not JsonValueKind.Null } value ? null
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => TryGetText(item) ?? throw Bad(key, "it must be a list of texts."))]
        : throw Bad(key, "it must be a list of texts.");

    /// <summary>The object itself.</summary>
    public JsonElement Json => _json;

    /// <summary>The whole object as JSON text.</summary>
    /// <param name="options">How it is written; null for as it was read.</param>
    public string ToJson(JsonSerializerOptions? options = null) => options is null ? _json.GetRawText() : JsonSerializer.Serialize(_json, options);

    public bool Has(string key) => Find(key) is not null;

    /// <summary>Whether the key is present with the value null.</summary>
    public bool IsNull(string key) => Find(key) is { ValueKind: JsonValueKind.Null };

    /// <summary>The error about a key, with the value that the file has.</summary>
    /// <param name="key">A key of this object.</param>
    /// <param name="supported">What is allowed, as the rest of a sentence with its full stop.</param>
    /// <param name="remedy">A further sentence.</param>
    public MalformedInputException Bad(string key, string supported, string? remedy = null)
    {
        string value = Find(key) is JsonElement found ? found.GetRawText() : "absent";
        return Problem($"{_prefix}{key} is {(value.Length > MaxShown ? value[..MaxShown] + "..." : value)}; {supported.TrimEnd('.')}", remedy);
    }

    public MalformedInputException Problem(string problem, string? remedy = null) => new(_path, problem, remedy);

    private static string Remedy(string path) => $"Fetch the model's {Path.GetFileName(path)} again.";

    private static string? TryGetText(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException) // half of a surrogate pair, which JSON can write and no text has
        {
            return null;
        }
    }

    private JsonElement? Find(string key) => _json.TryGetProperty(key, out var value) ? value : null;
}
