using System.Text.Json;

namespace VlmMlNet.Imaging;

/// <summary>Reads a Hugging Face image processor configuration and refuses what it cannot do.</summary>
internal sealed class ImageProcessorConfigReader(string source)
{
    private const string Remedy = "Use the preprocessor_config.json of a SigLIP model: a fixed size, resample 2 (bilinear) or 3 (bicubic).";
    private const string SiglipType = "SiglipImageProcessor";

    // Steps that are taken below, or change nothing for pictures that are read as RGB.
    private static readonly string[] s_knownSteps = ["do_resize", "do_rescale", "do_normalize", "do_convert_rgb", "do_center_crop"];

    // What other processors do besides their steps.
    private static readonly string[] s_otherMeans = ["max_num_patches", "crop_pct", "rescale_offset", "offset", "min_pixels", "max_pixels", "patch_limit", "image_grid_pinpoints"];

    /// <summary>Reads UTF-8 text.</summary>
    public ImageProcessorConfig Read(ReadOnlyMemory<byte> json) => Parse(json, root => Read(Joint(root) ?? root));

    /// <summary>Reads the text of a processor_config.json; null where it holds no image processor, as older ones do.</summary>
    public ImageProcessorConfig? ReadJoint(ReadOnlyMemory<byte> json) => Parse(json, root => Joint(root) is { } part ? Read(part) : null);

    private T Parse<T>(ReadOnlyMemory<byte> json, Func<JsonElement, T> read)
    {
        if (json.Span.StartsWith("\uFEFF"u8))
            json = json[3..];
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return read(document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement : throw Problem("the file is not a JSON object"));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException and not MalformedInputException)
        {
            throw new MalformedInputException(source, "this is not a preprocessor_config.json: " + exception.Message.TrimEnd('.'), Remedy, innerException: exception);
        }
    }

    /// <summary>transformers 5 keeps all parts of a processor in one file.</summary>
    private JsonElement? Joint(JsonElement root) => Find(root, "image_processor") is not { } part ? null
        : part.ValueKind == JsonValueKind.Object ? part
        : throw Problem("image_processor is not an object");

    private ImageProcessorConfig Read(JsonElement root)
    {
        if (!Flag(root, "do_resize", true))
            throw Problem("do_resize is false, but the model needs pictures of one size");
        if (Flag(root, "do_center_crop", false))
            throw Problem("do_center_crop is true: cropping is not supported");
        CheckSteps(root);
        CheckDefaults(root);
        var config = new ImageProcessorConfig { Resample = ReadFilter(root) };
        if (Find(root, "size") is { } size)
            config = ReadSize(size, config);
        bool normalize = Flag(root, "do_normalize", true);
        config = config with
        {
            Mean = !normalize ? [0, 0, 0] : Find(root, "image_mean") is { } mean ? Channels(mean, "image_mean") : config.Mean,
            Std = !normalize ? [1, 1, 1] : Find(root, "image_std") is { } std ? Channels(std, "image_std") : config.Std,
            RescaleFactor = !Flag(root, "do_rescale", true) ? 1 : Find(root, "rescale_factor")?.GetDouble() ?? config.RescaleFactor,
        };
        return config.FindProblem() is { } problem ? throw Problem(problem) : config;
    }

    private void CheckSteps(JsonElement root)
    {
        foreach (JsonProperty property in root.EnumerateObject())
        {
            bool isOther = property.Value.ValueKind == JsonValueKind.True && property.Name.StartsWith("do_", StringComparison.Ordinal) && !s_knownSteps.Contains(property.Name);
            if (isOther || (property.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False) && s_otherMeans.Contains(property.Name)))
                throw Problem($"{property.Name} is {property.Value.GetRawText()}, a step that is not supported");
        }
    }

    // What is absent has SigLIP's defaults, which are not those of other models.
    private void CheckDefaults(JsonElement root)
    {
        string type = Find(root, "image_processor_type")?.GetString() ?? SiglipType;
        if (type.StartsWith(SiglipType, StringComparison.Ordinal))
            return;
        if (Find(root, "resample") is null)
            throw Problem($"resample is absent and {type} may have another default than 3 (bicubic)");
        string[] needed = type.StartsWith("CLIP", StringComparison.Ordinal) ? ["size", "image_mean", "image_std", "do_center_crop"] : ["size", "image_mean", "image_std"];
        if (Array.Find(needed, name => Find(root, name) is null) is { } absent)
            throw Problem($"{absent} is absent and {type} may have another default than SigLIP");
    }

    private Resampling ReadFilter(JsonElement root) => Find(root, "resample") is not { } resample ? Resampling.Bicubic
        : resample.TryGetInt32(out int filter) && Enum.IsDefined((Resampling)filter) ? (Resampling)filter
        : throw Problem($"resample is {resample.GetRawText()}, but only 1 (Lanczos), 2 (bilinear), 3 (bicubic), 4 (box) and 5 (Hamming) are supported");

    private ImageProcessorConfig ReadSize(JsonElement size, ImageProcessorConfig config)
    {
        if (size.ValueKind == JsonValueKind.Number)
            return config with { Width = size.GetInt32(), Height = size.GetInt32() };
        if (size.ValueKind == JsonValueKind.Object && Find(size, "height") is { } height && Find(size, "width") is { } width)
            return config with { Width = width.GetInt32(), Height = height.GetInt32() };
        throw Problem($"size is {size.GetRawText()}, but must be a number or have height and width");
    }

    private float[] Channels(JsonElement value, string name)
    {
        if (value.ValueKind == JsonValueKind.Number)
            return [value.GetSingle(), value.GetSingle(), value.GetSingle()];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 3)
            throw Problem($"{name} is not a list of three numbers");
        return [.. value.EnumerateArray().Select(channel => channel.GetSingle())];
    }

    private static bool Flag(JsonElement root, string name, bool absent) => Find(root, name)?.GetBoolean() ?? absent;

    private static JsonElement? Find(JsonElement root, string name)
        => root.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private MalformedInputException Problem(string problem) => new(source, problem, Remedy);
}
