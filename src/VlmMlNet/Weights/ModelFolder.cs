using System.Text.Json;
using System.Text.Json.Nodes;
using VlmMlNet.Imaging;
using VlmMlNet.Models;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Weights;

/// <summary>A whole vision-language model as one folder: config.json, model.safetensors, tokenizer.json and
/// preprocessor_config.json. The names of the weights are those of Hugging Face's LLaVA.</summary>
public static class ModelFolder
{
    internal const string ModelType = "vlm_mlnet";
    internal const string VisionPrefix = "vision_tower.", ProjectorPrefix = "multi_modal_projector.", LanguagePrefix = "language_model.";
    private const string ConfigFile = HuggingFaceConfig.FileName, ImageFile = "preprocessor_config.json", OutputWeight = "lm_head.weight";

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>Whether a folder was written by <see cref="Save"/>.</summary>
    /// <param name="folder">The folder.</param>
    public static bool IsModel(string folder)
    {
        string path = Path.Combine(folder, ConfigFile);
        return File.Exists(path) && ConfigSection.Open(path).Text("model_type") == ModelType;
    }

    /// <summary>Saves a model; it loads back bit for bit.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">The folder: written beside and put in place whole. A model that is there already is replaced;
    /// a folder with anything else in it is refused.</param>
    /// <exception cref="IOException">The folder holds something else, or a file cannot be written; what was there before stays.</exception>
    public static void Save(VisionLanguageModel model, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        folder = Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar);
        if (File.Exists(folder) || Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any() && !IsModel(folder))
            throw new IOException($"{folder} exists and is not a saved model: it is not replaced. Give a new folder.");

        string suffix = Path.GetRandomFileName(), temporary = $"{folder}.tmp-{suffix}", old = $"{folder}.old-{suffix}";
        Directory.CreateDirectory(temporary);
        try
        {
            Write(model, temporary);
            if (Directory.Exists(folder))
                Directory.Move(folder, old);
            Directory.Move(temporary, folder);
        }
        catch
        {
            if (Directory.Exists(old) && !Directory.Exists(folder))
                Directory.Move(old, folder);
            Directory.Delete(temporary, recursive: true);
            throw;
        }
        if (Directory.Exists(old))
            Directory.Delete(old, recursive: true);
    }

    /// <summary>Loads a model that <see cref="Save"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="device">Where the weights go. Default CPU.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="MalformedInputException">A file is damaged or of another kind; the message names it and what is wrong.</exception>
    public static VisionLanguageModel Load(string folder, Device? device = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        folder = Path.GetFullPath(folder);
        Checkpoint.CheckFolder(folder);
        var root = ConfigSection.Open(Path.Combine(folder, ConfigFile));
        if (root.Text("model_type") != ModelType)
            throw root.Bad("model_type", $"supported is '{ModelType}', what this library saves.", "Load folders of Hugging Face as backbones.");
        var visionConfig = HuggingFaceConfig.SiglipVision(Required(root, "vision_config"));
        var languageConfig = HuggingFaceConfig.Qwen2(Required(root, "text_config"));
        var projectorConfig = new ProjectorConfig
        {
            VisionHiddenSize = visionConfig.HiddenSize,
            HiddenSize = root.Size("projector_hidden_size", languageConfig.HiddenSize, 1 << 20),
            TextHiddenSize = languageConfig.HiddenSize,
        };
        var dtype = HuggingFaceConfig.StoredType(folder) ?? ScalarType.Float32;
        var tokenizer = VlmTokenizer.Load(folder);
        var images = new ImageProcessor(ImageProcessorConfig.FromJson(Path.Combine(folder, ImageFile)));

        using var checkpoint = Checkpoint.OpenFolder(folder);
        string[] prefixes = [VisionPrefix, ProjectorPrefix, LanguagePrefix];
        if (checkpoint.Names.FirstOrDefault(name => !Array.Exists(prefixes, p => name.StartsWith(p, StringComparison.Ordinal))) is { } stranger)
            throw new MalformedInputException(checkpoint.Path, $"the tensor {TensorName.Quote(stranger)} belongs to no part of the model", "The file is not what was saved: save the model again.");
        var parts = new List<nn.Module>();
        try
        {
            T Part<T>(Func<Device, T> create, string prefix, string[]? tied = null) where T : nn.Module
            {
                using (var shapes = create(META)) // a configuration that asks for more than the file has takes no memory
                    ModuleWeights.Match(shapes, checkpoint, prefix, null, tied);
                var part = create(device ?? CPU);
                parts.Add(part);
                ModuleWeights.Load(part, checkpoint, prefix, null, tied);
                return part;
            }

            return new VisionLanguageModel(
                Part(at => new SiglipVisionModel(visionConfig, dtype, at), VisionPrefix),
                Part(at => new MlpProjector(projectorConfig, dtype, at), ProjectorPrefix),
                Part(at => new Qwen2ForCausalLM(languageConfig, dtype, at), LanguagePrefix, languageConfig.TieWordEmbeddings ? [OutputWeight] : null),
                tokenizer, images, root.Text("system_prompt"));
        }
        catch
        {
            parts.ForEach(p => p.Dispose());
            throw;
        }
    }

    private static void Write(VisionLanguageModel model, string folder)
    {
        var network = model.Network;
        var dtype = network.Language.OutputWeight.dtype;
        var config = new JsonObject
        {
            ["model_type"] = ModelType,
            ["torch_dtype"] = JsonNode.Parse(HuggingFaceConfigWriter.ToJson(network.Language.Config, dtype))!["torch_dtype"]!.GetValue<string>(),
            ["system_prompt"] = model.SystemPrompt,
            ["projector_hidden_size"] = network.Projector.Config.HiddenSize,
            ["vision_config"] = JsonNode.Parse(HuggingFaceConfigWriter.ToJson(network.Vision.Config, dtype)),
            ["text_config"] = JsonNode.Parse(HuggingFaceConfigWriter.ToJson(network.Language.Config, dtype)),
        };
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(config, s_indented);
        WholeFile.Write(Path.Combine(folder, ConfigFile), json.Length, stream => stream.Write(json));
        File.WriteAllText(Path.Combine(folder, ImageFile), model.ImageProcessor.Config.ToJson());
        model.Tokenizer.Save(folder);
        SafetensorsWriter.Write(Path.Combine(folder, Checkpoint.FileName),
        [
            .. ModuleWeights.Named(network.Vision, VisionPrefix),
            .. ModuleWeights.Named(network.Projector, ProjectorPrefix),
            .. ModuleWeights.Named(network.Language, LanguagePrefix),
        ], new Dictionary<string, string> { ["format"] = "pt" });
    }

    private static ConfigSection Required(ConfigSection root, string key) => root.Section(key) ?? throw root.Bad(key, "it must be an object.");
}
