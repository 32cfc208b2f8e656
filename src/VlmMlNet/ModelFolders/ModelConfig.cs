using VlmMlNet.Cpu.Weights;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using static TorchSharp.torch;

namespace VlmMlNet.ModelFolders;

/// <summary>What config.json says about a whole vision-language model.</summary>
internal sealed class ModelConfig
{
    public const string ModelType = "vlm_mlnet";
    public const string Remedy = "Give a folder that this library saved, or load the backbones of a Hugging Face model.";
    private const string PrecisionKey = "language_precision", EncoderPrecisionKey = "encoder_precision", CaptionPromptKey = "caption_prompt", SystemPromptKey = "system_prompt";

    private readonly ConfigSection _vision, _projector, _language;

    /// <summary>Reads it.</summary>
    /// <exception cref="MalformedInputException">It is another model's, or damaged.</exception>
    public ModelConfig(ConfigSection root)
    {
        SystemPrompt = root.Text(SystemPromptKey);
        (_vision, _language, _projector) = (Section(root, "vision_config"), Section(root, "text_config"), Section(root, "projector_config"));
        Vision = HuggingFaceConfig.SiglipVision(_vision);
        Language = HuggingFaceConfig.Qwen2(_language);
        Projector = ReadProjector(_projector, Vision, Language);
        Precision = ReadPrecision(root);
        HasReducedEncoder = ReadHasReducedEncoder(root);
    }

    /// <summary>Shape of the image encoder.</summary>
    public SiglipVisionConfig Vision { get; }

    /// <summary>Shape of the projector.</summary>
    public ProjectorConfig Projector { get; }

    /// <summary>Shape of the language model, without what generation_config.json says.</summary>
    public Qwen2Config Language { get; }

    /// <summary>Type of the weights, of a part that was not saved reduced.</summary>
    /// <exception cref="MalformedInputException">It is none that is known.</exception>
    public ScalarType VisionType => TypeIn(_vision);

    /// <inheritdoc cref="VisionType"/>
    public ScalarType ProjectorType => TypeIn(_projector);

    /// <inheritdoc cref="VisionType"/>
    public ScalarType LanguageType => TypeIn(_language);

    /// <summary>The precision of a language model that was saved reduced; null where it was not.</summary>
    public WeightPrecision? Precision { get; }

    /// <summary>Whether image encoder and projector were saved reduced.</summary>
    public bool HasReducedEncoder { get; }

    /// <summary>See <see cref="VisionLanguageModel.SystemPrompt"/>.</summary>
    public string? SystemPrompt { get; }

    /// <summary>Checks the types of the parts that were not saved reduced.</summary>
    /// <exception cref="MalformedInputException">One is none that is known.</exception>
    public void CheckTypes()
    {
        if (!HasReducedEncoder)
            _ = (VisionType, ProjectorType);
        if (Precision is null)
            _ = LanguageType;
    }

    /// <summary>Writes it.</summary>
    public static byte[] ToJson(VisionLanguageModel model)
    {
        var (vision, projector, language) = (model.VisionPart, model.ProjectorPart, model.Conversation.Language);
        return HuggingFaceConfigWriter.ToJson(ModelType, (vision.Config, vision.WeightType), (language.Config, language.WeightType), json =>
        {
            json.WriteStartObject("projector_config");
            json.WriteNumber("hidden_size", projector.Config.HiddenSize);
            json.WriteString("torch_dtype", HuggingFaceConfigWriter.Name(projector.WeightType));
            json.WriteEndObject();
            json.WriteNumber("image_seq_length", model.ImageTokenCount);
            json.WriteString(SystemPromptKey, model.SystemPrompt);
            json.WriteString(CaptionPromptKey, model.CaptionPrompt);
            if (language.ReducedPrecision is { } precision)
                json.WriteString(PrecisionKey, PackedFile.Name(precision));
            if (vision.ReducedPrecision is { } bytes)
                json.WriteString(EncoderPrecisionKey, PackedFile.Name(bytes));
        });
    }

    /// <summary>The caption prompt.</summary>
    public static string ReadCaptionPrompt(ConfigSection root) => !root.Has(CaptionPromptKey) ? VisionLanguageModel.DefaultCaptionPrompt
        : root.Text(CaptionPromptKey) is { } text && !string.IsNullOrWhiteSpace(text) ? text
        : throw root.Bad(CaptionPromptKey, "it must be a text that is not empty.");

    /// <summary>The precision of a language model that was saved reduced; null where it was not.</summary>
    public static WeightPrecision? ReadPrecision(ConfigSection root)
    {
        if (root.Text(PrecisionKey) is not { } text)
            return null;
        var all = Enum.GetValues<WeightPrecision>();
        int i = Array.FindIndex(all, p => PackedFile.Name(p) == text);
        return i >= 0 ? all[i] : throw root.Bad(PrecisionKey, $"it must be one of {string.Join(", ", all.Select(PackedFile.Name))}.");
    }

    /// <summary>Whether image encoder and projector were saved reduced.</summary>
    public static bool ReadHasReducedEncoder(ConfigSection root) => root.Text(EncoderPrecisionKey) is { } text
        && (text == PackedFile.Name(WeightPrecision.Int8) ? true : throw root.Bad(EncoderPrecisionKey, "it must be int8, or absent."));

    /// <summary>The projector's shape.</summary>
    public static ProjectorConfig ReadProjector(ConfigSection section, SiglipVisionConfig vision, Qwen2Config language) => new()
    {
        VisionHiddenSize = vision.HiddenSize,
        HiddenSize = section.Size("hidden_size", language.HiddenSize, HuggingFaceConfig.MaxWidth),
        TextHiddenSize = language.HiddenSize,
    };

    private static ConfigSection Section(ConfigSection root, string key) => root.Section(key) ?? throw root.Bad(key, "a whole vision-language model has this object.", Remedy);

    private static ScalarType TypeIn(ConfigSection section) => HuggingFaceConfig.StoredType(section) ?? ScalarType.Float32;
}
