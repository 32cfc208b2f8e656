using VlmMlNet.Cpu.Language;
using VlmMlNet.Cpu.Packing;
using VlmMlNet.Cpu.Vision;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Files;
using VlmMlNet.Imaging;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Parts;
using VlmMlNet.Safetensors;
using VlmMlNet.Text;
using VlmMlNet.Text.Tokenizer;
using static TorchSharp.torch;

namespace VlmMlNet.ModelFolders;

/// <summary>Loads and saves whole vision-language models: a folder with config.json, model.safetensors, tokenizer.json and
/// preprocessor_config.json.</summary>
/// <remarks>config.json holds <c>vision_config</c> and <c>text_config</c> as Hugging Face has them, <c>projector_config</c>,
/// <c>system_prompt</c> and <c>caption_prompt</c>; in model.safetensors the parts are <c>vision_tower.*</c>, <c>multi_modal_projector.*</c> and
/// <c>language_model.*</c>, with Hugging Face's names behind that. A language model in a reduced precision lies in
/// language_model.safetensors instead, and config.json says <c>language_precision</c>; an image encoder and a projector in 8 bits lie
/// in vision_tower.safetensors and multi_modal_projector.safetensors, and config.json says <c>encoder_precision</c>.</remarks>
public static class ModelFolder
{
    internal const string ModelType = "vlm_mlnet", VisionPrefix = "vision_tower.", ProjectorPrefix = "multi_modal_projector.", LanguagePrefix = "language_model.";

    /// <summary>The file of a language model in a reduced precision, beside the other parts' weights.</summary>
    internal const string PackedName = "language_model.safetensors";

    /// <summary>The files of an image encoder and a projector in 8 bits.</summary>
    internal const string PackedVisionName = "vision_tower.safetensors", PackedProjectorName = "multi_modal_projector.safetensors";

    /// <summary>The file of what a training run has finished.</summary>
    internal const string TrainingStateName = "training.json";

    // Beside a new model these would be another's.
    private static readonly string[] s_whole =
    [
        Checkpoint.FileName, Checkpoint.IndexName, PackedName, PackedVisionName, PackedProjectorName, TrainingStateName,
        GenerationConfigFile.FileName, ImageProcessorFolder.JointName, TokenizerFolder.SpecialTokensName,
    ];
    private const string PrecisionKey = "language_precision", EncoderPrecisionKey = "encoder_precision";
    private const string CaptionPromptKey = "caption_prompt", Remedy = "Give a folder that this library saved, or load the backbones of a Hugging Face model.";

    /// <summary>Loads a model that <see cref="Save(VisionLanguageModel, string)"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="dtype">Type of the weights; null to keep that of the files, so that the model is the saved one bit for bit.</param>
    /// <param name="device">Where the weights go. Default CPU.</param>
    /// <param name="precision">Holds the language model in this precision, for generating: its weights are packed one by one
    /// while they are read. Where <paramref name="dtype"/> is null and the device the CPU, int8 and int4 also hold the image encoder
    /// and the projector in 8 bits. Null to hold all as it was saved; parts that were saved in a reduced precision are mapped
    /// from their files, whatever <paramref name="dtype"/> is.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">A file is absent.</exception>
    /// <exception cref="MalformedInputException">It is another kind of model, or a training run that has saved none yet, or a file is damaged or does not fit the others.</exception>
    /// <exception cref="InvalidOperationException">It was saved in another reduced precision.</exception>
    public static VisionLanguageModel Load(string folder, ScalarType? dtype = null, Device? device = null, WeightPrecision? precision = null)
    {
        folder = Checkpoint.FullFolder(folder);
        FolderReplacement.Complete(folder);
        TorchRuntime.EnsureLoaded();
        var root = ModelPlace.OpenConfig(folder);
        if (root.Text("model_type") != ModelType)
            throw root.Bad("model_type", $"a whole vision-language model has '{ModelType}'.", Remedy);
        string captionPrompt = CaptionPrompt(root);
        var (visionSection, languageSection, projectorSection) = (Section(root, "vision_config"), Section(root, "text_config"), Section(root, "projector_config"));
        var vision = HuggingFaceConfig.SiglipVision(visionSection);
        var language = GenerationConfigFile.Apply(HuggingFaceConfig.Qwen2(languageSection), folder);
        var projector = Projector(projectorSection, vision, language);
        var tokenizer = VlmTokenizer.Load(folder);
        PartsFit.CheckTokens(folder, tokenizer, language);
        var imageProcessor = new ImageProcessor(ImageProcessorFolder.Read(folder));
        PartsFit.CheckPictures(folder, imageProcessor.Config, vision);

        var storedPrecision = StoredPrecision(root);
        bool isEncoderStored = HasPackedEncoder(root);
        using var checkpoint = isEncoderStored && storedPrecision is not null ? null : Checkpoint.OpenFolder(folder);
        if (checkpoint?.Names.FirstOrDefault(name => !name.StartsWith(VisionPrefix, StringComparison.Ordinal) && !name.StartsWith(ProjectorPrefix, StringComparison.Ordinal)
            && !name.StartsWith(LanguagePrefix, StringComparison.Ordinal)) is { } stranger)
            throw new MalformedInputException(checkpoint.Path, $"tensor {TensorName.Quote(stranger)} belongs to no part of the model", "The weights belong to another model.");
        if (storedPrecision is not null && precision is not null && precision != storedPrecision)
            throw new InvalidOperationException($"{folder} holds its language model in {PackedFile.Name(storedPrecision.Value)}: it cannot be had in {PackedFile.Name(precision.Value)}. Use the model that it was made of.");
        var modules = new Stack<nn.Module>();
        PackedDecoder? decoder = null;
        try
        {
            bool isEncoderPacked = isEncoderStored || (EncoderPrecision.IsBytes(precision) && dtype is null && (device ?? CPU).type == TorchSharp.DeviceType.CPU);
            var visionModel = isEncoderPacked ? PackedVisionModel() : Part(at => new SiglipVisionModel(vision, dtype ?? Type(visionSection), at), VisionPrefix);
            var projectorModel = isEncoderPacked ? PackedProjectorModel() : Part(at => new MlpProjector(projector, dtype ?? Type(projectorSection), at), ProjectorPrefix);
            if (storedPrecision is not null || precision is not null)
            {
                decoder = new PackedDecoder(storedPrecision is { } stored ? PackedFile.Map(Path.Combine(folder, PackedName), PackedModel.Factory(language, stored)) : PackFloats(PackedModel.Factory(language, precision!.Value), new Qwen2ForCausalLM(language, ScalarType.Float32, META), LanguagePrefix));
                return VisionLanguageModel.Create(visionModel, projectorModel, decoder, tokenizer, imageProcessor, root.Text("system_prompt"), captionPrompt);
            }
            var languageModel = Part(at => new Qwen2ForCausalLM(language, dtype ?? Type(languageSection), at), LanguagePrefix);
            return new VisionLanguageModel(visionModel, projectorModel, languageModel, tokenizer, imageProcessor, root.Text("system_prompt")) { CaptionPrompt = captionPrompt };
        }
        catch (Exception e)
        {
            decoder?.Dispose();
            foreach (var module in modules)
                module.Dispose();
            if (e is ArgumentException)
                throw new MalformedInputException(folder, $"its parts do not fit each other: {ErrorMessage.Of(e)}", Remedy, innerException: e);
            throw;
        }

        ScalarType Type(ConfigSection section) => HuggingFaceConfig.StoredType(section) ?? ScalarType.Float32;

        TWeights PackFloats<TWeights>(WeightsFactory<TWeights> create, nn.Module shapes, string prefix) where TWeights : PackedWeights
        {
            using (shapes)
                ModuleWeights.Match(shapes, checkpoint!, prefix);
            return ModelPacker.Pack(create, name => checkpoint!.Read(prefix + name));
        }

        SiglipVisionModel PackedVisionModel()
        {
            var factory = PackedVision.Factory(vision);
            var module = SiglipVisionModel.Of(new PackedImageEncoder(isEncoderStored
                ? PackedFile.Map(Path.Combine(folder, PackedVisionName), factory)
                : PackFloats(factory, new SiglipVisionModel(vision, ScalarType.Float32, META), VisionPrefix)));
            modules.Push(module);
            return module;
        }

        MlpProjector PackedProjectorModel()
        {
            var factory = PackedProjector.Factory(projector);
            var module = MlpProjector.Of(new PackedProjection(isEncoderStored
                ? PackedFile.Map(Path.Combine(folder, PackedProjectorName), factory)
                : PackFloats(factory, new MlpProjector(projector, ScalarType.Float32, META), ProjectorPrefix)));
            modules.Push(module);
            return module;
        }

        TModule Part<TModule>(Func<Device, TModule> create, string prefix) where TModule : nn.Module
        {
            // A configuration that asks for more than the file has is found out on the device that allocates nothing.
            using (var shapes = create(META))
                ModuleWeights.Match(shapes, checkpoint!, prefix);
            var module = create(device ?? CPU);
            modules.Push(module);
            ModuleWeights.Load(module, checkpoint!, prefix);
            return module;
        }
    }

    /// <summary>Saves a model. Its files take their places together, when all are written and on the disk; a model that was saved
    /// there before is replaced, and further files beside it stay.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">The folder; made with its parents where it does not exist. A symbolic link stays one.</param>
    /// <exception cref="IOException">The folder holds something other than a saved model, another process writes into it, or a file
    /// cannot be written. Nothing is changed then.</exception>
    public static void Save(VisionLanguageModel model, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var output = OutputFolder.Claim(folder);
        if (!output.IsEmpty && !IsModel(output.FullPath))
            throw new IOException($"{output.Name} exists and holds something other than a saved model. Give another folder, or empty this one.");
        Save(model, output, _ => { });
    }

    /// <summary>Saves a model, whatever the folder holds.</summary>
    /// <param name="model">The model.</param>
    /// <param name="output">The folder.</param>
    /// <param name="writeMore">Writes further files, which appear together with the model, into the folder that it is given.</param>
    internal static void Save(VisionLanguageModel model, OutputFolder output, Action<string> writeMore)
    {
        using var held = model.Share(); // it may be disposed meanwhile
        new FolderReplacement(output).Write(temporary =>
        {
            writeMore(temporary);
            var network = held.Network;
            var (vision, projector, language) = (network.Vision.Packed, network.Projector.Packed, held.Conversation.Packed);
            IReadOnlyList<KeyValuePair<string, Tensor>> floats =
                [.. vision is null ? ModuleWeights.Named(network.Vision, VisionPrefix) : [], .. projector is null ? ModuleWeights.Named(network.Projector, ProjectorPrefix) : [],
                    .. language is null ? ModuleWeights.Named(network.Language, LanguagePrefix) : []];
            if (floats.Count > 0)
                SafetensorsWriter.Write(Path.Combine(temporary, Checkpoint.FileName), floats, new Dictionary<string, string> { ["format"] = "pt" });
            if (vision is not null)
                PackedFile.Write(Path.Combine(temporary, PackedVisionName), vision.Weights);
            if (projector is not null)
                PackedFile.Write(Path.Combine(temporary, PackedProjectorName), projector.Weights);
            if (language is not null)
                PackedFile.Write(Path.Combine(temporary, PackedName), language.Model);
            held.Tokenizer.Save(temporary);
            File.WriteAllText(Path.Combine(temporary, ImageProcessorFolder.FileName), held.ImageProcessor.Config.ToJson());
            File.WriteAllBytes(Path.Combine(temporary, HuggingFaceConfig.FileName), Config(held));
            GenerationConfigFile.Write(network.Language.Config, temporary);
        }, s_whole, last: HuggingFaceConfig.FileName);
    }

    /// <summary>Whether the folder holds a saved vision-language model, by its config.json.</summary>
    /// <param name="folder">The folder; may be absent.</param>
    public static bool IsModel(string folder) => TypeOf(folder) == ModelType;

    /// <summary>Whether it holds an image encoder or a language model as Hugging Face publishes them.</summary>
    internal static bool IsBackbone(string folder) => TypeOf(folder) is HuggingFaceConfig.SiglipType or HuggingFaceConfig.SiglipVisionType or HuggingFaceConfig.Qwen2Type;

    internal static ConfigSection Section(ConfigSection root, string key) => root.Section(key) ?? throw root.Bad(key, "a whole vision-language model has this object.", Remedy);

    private static string? TypeOf(string folder)
    {
        string path = Path.Combine(folder, HuggingFaceConfig.FileName);
        try
        {
            return File.Exists(path) ? ConfigSection.Open(path).Text("model_type") : null;
        }
        catch (MalformedInputException)
        {
            return null;
        }
    }

    /// <summary>The caption prompt of a whole model's config.json.</summary>
    internal static string CaptionPrompt(ConfigSection root) => !root.Has(CaptionPromptKey) ? VisionLanguageModel.DefaultCaptionPrompt
        : root.Text(CaptionPromptKey) is { } text && !string.IsNullOrWhiteSpace(text) ? text
        : throw root.Bad(CaptionPromptKey, "it must be a text that is not empty.");

    /// <summary>The precision of a language model that lies packed in <see cref="PackedName"/>; null where it does not.</summary>
    internal static WeightPrecision? StoredPrecision(ConfigSection root)
    {
        if (root.Text(PrecisionKey) is not { } text)
            return null;
        var all = Enum.GetValues<WeightPrecision>();
        int i = Array.FindIndex(all, p => PackedFile.Name(p) == text);
        return i >= 0 ? all[i] : throw root.Bad(PrecisionKey, $"it must be one of {string.Join(", ", all.Select(PackedFile.Name))}.");
    }

    /// <summary>The projector's shape.</summary>
    internal static ProjectorConfig Projector(ConfigSection section, SiglipVisionConfig vision, Qwen2Config language) => new()
    {
        VisionHiddenSize = vision.HiddenSize,
        HiddenSize = section.Size("hidden_size", language.HiddenSize, HuggingFaceConfig.MaxWidth),
        TextHiddenSize = language.HiddenSize,
    };

    /// <summary>Whether image encoder and projector lie packed in files of their own.</summary>
    internal static bool HasPackedEncoder(ConfigSection root) => root.Text(EncoderPrecisionKey) is { } text
        && (text == PackedFile.Name(WeightPrecision.Int8) ? true : throw root.Bad(EncoderPrecisionKey, "it must be int8, or absent."));

    private static byte[] Config(VisionLanguageModel model)
    {
        var network = model.Network;
        return HuggingFaceConfigWriter.ToJson(ModelType, (network.Vision.Config, DType(network.Vision)), (network.Language.Config, DType(network.Language)), json =>
        {
            json.WriteStartObject("projector_config");
            json.WriteNumber("hidden_size", network.Projector.Config.HiddenSize);
            json.WriteString("torch_dtype", HuggingFaceConfigWriter.Name(DType(network.Projector)));
            json.WriteEndObject();
            json.WriteNumber("image_seq_length", model.ImageTokenCount);
            json.WriteString("system_prompt", model.SystemPrompt);
            json.WriteString(CaptionPromptKey, model.CaptionPrompt);
            if (model.Conversation.Packed is { } packed)
                json.WriteString(PrecisionKey, PackedFile.Name(packed.Precision));
            if (network.Vision.Packed is { } encoder)
                json.WriteString(EncoderPrecisionKey, PackedFile.Name(encoder.Weights.Precision));
        });
    }

    private static ScalarType DType(nn.Module module) => module.parameters().First().dtype;
}
