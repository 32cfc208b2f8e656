using System.Text.Json;

namespace VlmMlNet.Imaging;

/// <summary>Reads a Hugging Face image processor configuration and refuses what it cannot do.</summary>
internal sealed class ImageProcessorConfigReader(string source)
{
    /// <summary>Pillow's number of its bicubic filter.</summary>
    public const int Bicubic = 3;

    private const string Remedy = "Use the preprocessor_config.json of a SigLIP model: a fixed size, resample 3.";

    /// <summary>Reads UTF-8 text.</summary>
    public ImageProcessorConfig Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException and not MalformedInputException)
        {
            throw new MalformedInputException(source, "this is not a preprocessor_config.json: " + exception.Message.TrimEnd('.'), Remedy, innerException: exception);
        }
    }

    private ImageProcessorConfig Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw Problem("the file is not a JSON object");
        if (!Flag(root, "do_resize", true))
            throw Problem("do_resize is false, but the model needs pictures of one size");
        if (Flag(root, "do_center_crop", false))
            throw Problem("do_center_crop is true: cropping is not supported");
        CheckFilter(root);
        var config = new ImageProcessorConfig();
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

    private void CheckFilter(JsonElement root)
    {
        if (Find(root, "resample") is { } resample)
        {
            if (!resample.TryGetInt32(out int filter) || filter != Bicubic)
                throw Problem($"resample is {resample.GetRawText()}, but only 3 (bicubic) is supported");
            return;
        }
        string type = Find(root, "image_processor_type")?.GetString() ?? "SiglipImageProcessor";
        if (!type.StartsWith("Siglip", StringComparison.Ordinal))
            throw Problem($"resample is absent and {type} may have another default than 3 (bicubic)");
    }

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
