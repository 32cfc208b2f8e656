using System.Text.Json;
using System.Text.Json.Nodes;
using VlmMlNet.Files;

namespace VlmMlNet.Imaging;

/// <summary>How a picture becomes a model's input: the fields of a Hugging Face <c>preprocessor_config.json</c>, or of
/// the object <c>image_processor</c> of a <c>processor_config.json</c>, that matter for a SigLIP image processor.</summary>
public sealed record ImageProcessorConfig
{
    private const int MaxLength = 1 << 24;

    /// <summary>Width in pixels of the model's input. Default: 224.</summary>
    public int Width { get; init; } = 224;

    /// <summary>Height in pixels of the model's input. Default: 224.</summary>
    public int Height { get; init; } = 224;

    /// <summary>Subtracted from each rescaled channel, in the order R, G, B. Default: 0.5 each.</summary>
    public float[] Mean { get; init; } = [0.5f, 0.5f, 0.5f];

    /// <summary>Divides what remains. Default: 0.5 each, so that values lie in [-1, 1].</summary>
    public float[] Std { get; init; } = [0.5f, 0.5f, 0.5f];

    /// <summary>Multiplies the 8-bit values first. Default: 1 / 255.</summary>
    public double RescaleFactor { get; init; } = 1 / 255d;

    /// <summary>The filter that resizes to the model's size. Default: bicubic.</summary>
    public Resampling Resample { get; init; } = Resampling.Bicubic;

    /// <summary>Reads a <c>preprocessor_config.json</c> or a <c>processor_config.json</c>.</summary>
    /// <param name="path">The file. Absent keys have the defaults of Hugging Face's SiglipImageProcessor; do_rescale or
    /// do_normalize = false become a factor of 1, a mean of 0 and a deviation of 1.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MalformedInputException">The file is no such configuration, or asks for steps other than resizing
    /// to a fixed size by a filter of <see cref="Resampling"/>, rescaling and normalising.</exception>
    public static ImageProcessorConfig FromJson(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new ImageProcessorConfigReader(path).Read(ReadFile(path));
    }

    /// <summary>Reads the bytes of such a file.</summary>
    /// <param name="json">UTF-8 text.</param>
    /// <param name="sourceName">What errors call the bytes.</param>
    /// <exception cref="MalformedInputException">As for a file.</exception>
    public static ImageProcessorConfig FromJson(ReadOnlyMemory<byte> json, string sourceName)
        => new ImageProcessorConfigReader(sourceName).Read(json);

    /// <summary>The configuration as a Hugging Face <c>preprocessor_config.json</c>, which <see cref="FromJson(string)"/> and
    /// Hugging Face's SiglipImageProcessor read.</summary>
    public string ToJson()
    {
        var json = new JsonObject
        {
            ["do_convert_rgb"] = true,
            ["do_normalize"] = true,
            ["do_rescale"] = true,
            ["do_resize"] = true,
            ["image_mean"] = ToArray(Mean),
            ["image_processor_type"] = "SiglipImageProcessor",
            ["image_std"] = ToArray(Std),
            ["resample"] = (int)Resample,
            ["rescale_factor"] = RescaleFactor,
            ["size"] = new JsonObject { ["height"] = Height, ["width"] = Width },
        };
        return json.ToJsonString(s_indented);
    }

    /// <summary>What is wrong with the values, or null.</summary>
    internal string? FindProblem()
    {
        if (Width < 1 || Height < 1 || (long)Width * Height > Array.MaxLength / 3)
            return FormattableString.Invariant($"a size of {Width} x {Height} pixels is not possible");
        if (Mean is not { Length: 3 } || Std is not { Length: 3 })
            return "the mean and the standard deviation must have three values, for R, G and B";
        if (!Array.TrueForAll(Mean, float.IsFinite) || !Array.TrueForAll(Std, value => float.IsFinite(value) && value > 0))
            return "the mean must be finite and the standard deviation above 0";
        if (!double.IsFinite(RescaleFactor) || RescaleFactor <= 0)
            return "the rescale factor must be above 0";
        if (!Enum.IsDefined(Resample))
            return FormattableString.Invariant($"the filter {(int)Resample} does not exist");
        for (int channel = 0; channel < 3; channel++)
        {
            if (!float.IsFinite(Level(channel, 0)) || !float.IsFinite(Level(channel, 255)))
                return "the rescaled and normalised values must be finite";
        }
        return null;
    }

    /// <summary>What becomes of an 8-bit value, in the reference's order and precision.</summary>
    internal float Level(int channel, int level) => ((float)(level * RescaleFactor) - Mean[channel]) / Std[channel];

    /// <summary>Reads a <c>processor_config.json</c>; null where it holds no image processor.</summary>
    internal static ImageProcessorConfig? FromProcessorJson(string path) => new ImageProcessorConfigReader(path).ReadJoint(ReadFile(path));

    private static byte[] ReadFile(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no image processor configuration '{Path.GetFullPath(path)}'. A Hugging Face model folder has one beside config.json.", path);
        RegularFile.Check(path);
        long length = new FileInfo(path).Length;
        return length <= MaxLength ? File.ReadAllBytes(path)
            : throw new MalformedInputException(path, $"it has {length} bytes; the limit for a configuration is {MaxLength}");
    }

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    private static JsonArray ToArray(float[] values) => [.. values.Select(value => (JsonNode)value)];
}
