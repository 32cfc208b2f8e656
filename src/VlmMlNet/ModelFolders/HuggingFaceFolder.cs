using System.Text;
using VlmMlNet.Files;
using VlmMlNet.Imaging;
using VlmMlNet.ModelFolders.Adapters;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Safetensors;
using static TorchSharp.torch;

namespace VlmMlNet.ModelFolders;

/// <summary>Loads and saves models as Hugging Face publishes them: a folder with config.json and safetensors.</summary>
/// <remarks>All loading methods throw <see cref="DirectoryNotFoundException"/> or <see cref="FileNotFoundException"/> with the
/// full path for what is absent, and <see cref="MalformedInputException"/> for a configuration that is damaged or not supported
/// (naming file, key, value and what is supported) and for weights that are damaged or do not fit it. Shapes are compared before
/// memory for the weights is taken.</remarks>
public static class HuggingFaceFolder
{
    private const string OutputWeight = "lm_head.weight", VisionPrefix = "vision_model.", LanguagePrefix = "model.";
    private static readonly string[] s_quantizations = ["quantize_config.json", "hf_quant_config.json"];

    /// <summary>Loads the vision tower of a <c>SiglipVisionModel</c> or <c>SiglipModel</c>, such as google/siglip-so400m-patch14-224.</summary>
    /// <param name="folder">The folder. What belongs to the text tower is ignored.</param>
    /// <param name="dtype">Type of the loaded weights, whatever the file has. Default float32.</param>
    /// <param name="device">Where the weights go. Default CPU.</param>
    /// <param name="withHead">Whether the attention-pool head is loaded where the model has one; features of patches do not
    /// need it. Default true.</param>
    public static SiglipVisionModel LoadSiglipVision(string folder, ScalarType dtype = ScalarType.Float32, Device? device = null, bool withHead = true)
    {
        folder = Check(folder, dtype);
        TorchRuntime.EnsureLoaded();
        using var checkpoint = OpenSiglip(folder, withHead, out var config, out var ignored);
        return ModuleWeights.Create(at => new SiglipVisionModel(config, dtype, at), checkpoint, device ?? CPU, ignoreUnexpected: ignored);
    }

    /// <summary>Loads a <c>Qwen2ForCausalLM</c>, such as Qwen/Qwen2.5-0.5B-Instruct. With tied embeddings the output layer is
    /// the embedding table itself, and a second copy in the file is not read.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="dtype">Type of the loaded weights, whatever the file has. Default float32.</param>
    /// <param name="device">Where the weights go. Default CPU.</param>
    public static Qwen2ForCausalLM LoadQwen2(string folder, ScalarType dtype = ScalarType.Float32, Device? device = null)
    {
        folder = Check(folder, dtype);
        TorchRuntime.EnsureLoaded();
        using var checkpoint = OpenQwen2(folder, out var config);
        return ModuleWeights.Create(at => new Qwen2ForCausalLM(config, dtype, at), checkpoint, device ?? CPU, "", IsOldConstant, Tied(config));
    }

    /// <summary>Opens the weights of a vision tower and compares them with its configuration: all of loading but the copying.</summary>
    internal static void CheckSiglipVision(string folder)
    {
        using var checkpoint = OpenSiglip(Check(folder, ScalarType.Float32), withHead: false, out var config, out var ignored);
        using var shapes = new SiglipVisionModel(config, ScalarType.Float32, META);
        ModuleWeights.Match(shapes, checkpoint, "", ignored);
    }

    /// <summary>The same for a language model.</summary>
    internal static void CheckQwen2(string folder)
    {
        using var checkpoint = OpenQwen2(Check(folder, ScalarType.Float32), out var config);
        using var shapes = new Qwen2ForCausalLM(config, ScalarType.Float32, META);
        ModuleWeights.Match(shapes, checkpoint, "", IsOldConstant, Tied(config));
    }

    /// <summary>Saves a vision model as a folder that <see cref="LoadSiglipVision"/> and Hugging Face load; weights keep their type.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Made where it does not exist. Other files in it stay.</param>
    /// <param name="imageProcessor">Written as preprocessor_config.json, where given. Default null: no such file is written.</param>
    /// <exception cref="IOException">A file cannot be written. Files of the same name are replaced whole or not at all.</exception>
    public static void Save(SiglipVisionModel model, string folder, ImageProcessorConfig? imageProcessor = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Save(model, folder, HuggingFaceConfigWriter.ToJson(model.Config, StoredType(model)));
        if (imageProcessor is not null)
            PendingFile.Write(Path.Combine(folder, ImageProcessorFolder.FileName), Encoding.UTF8.GetBytes(imageProcessor.ToJson()));
    }

    /// <summary>Saves a language model as a folder that <see cref="LoadQwen2"/> and Hugging Face load; weights keep their type.
    /// A tied output layer is not written. The ids of special tokens and generation_config.json are those of the folder that the
    /// model was loaded from.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Made where it does not exist. Other files in it stay, but for a generation_config.json of another model.</param>
    /// <exception cref="IOException">A file cannot be written. Files of the same name are replaced whole or not at all.</exception>
    public static void Save(Qwen2ForCausalLM model, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        Save(model, folder, HuggingFaceConfigWriter.ToJson(model.Config, StoredType(model)));
        GenerationConfigFile.Write(model.Config, folder);
    }

    private static void Save(nn.Module model, string folder, byte[] config)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(folder);
        ModuleWeights.Save(model, Path.Combine(folder, Checkpoint.FileName));
        PendingFile.Write(Path.Combine(folder, HuggingFaceConfig.FileName), config);
    }

    private static ScalarType StoredType(nn.Module model) => model.parameters().First().dtype;

    private static Checkpoint OpenSiglip(string folder, bool withHead, out SiglipVisionConfig config, out Func<string, bool> ignored)
    {
        (config, bool hasTextTower) = HuggingFaceConfig.SiglipVision(folder);
        bool skipsHead = config.UseHead && !withHead;
        if (skipsHead)
            config = config with { UseHead = false };
        bool IsOfText(string name) => hasTextTower && (name.StartsWith("text_model.", StringComparison.Ordinal) || name is "logit_scale" or "logit_bias");
        bool IsIgnored(string name) => IsOfText(name) || (skipsHead && name.StartsWith(VisionPrefix + "head.", StringComparison.Ordinal))
            || name.EndsWith("embeddings.position_ids", StringComparison.Ordinal); // a constant that older versions saved
        ignored = IsIgnored;
        var checkpoint = Checkpoint.OpenFolder(folder, IsIgnored);
        checkpoint.AddPrefix(VisionPrefix, "embeddings.patch_embedding.weight", IsOfText);
        return checkpoint;
    }

    private static Checkpoint OpenQwen2(string folder, out Qwen2Config config)
    {
        config = HuggingFaceConfig.Qwen2(folder);
        bool isTied = config.TieWordEmbeddings;
        var checkpoint = Checkpoint.OpenFolder(folder, name => IsOldConstant(name) || (isTied && name == OutputWeight));
        checkpoint.AddPrefix(LanguagePrefix, "embed_tokens.weight", name => name == OutputWeight);
        if (isTied || checkpoint.Contains(OutputWeight) || !checkpoint.Contains(LanguagePrefix + "embed_tokens.weight"))
            return checkpoint;
        using (checkpoint)
            throw new MalformedInputException(checkpoint.Path, $"it holds no {OutputWeight}, but tie_word_embeddings in {HuggingFaceConfig.FileName} is false or absent",
                "Set it to true if the output layer is the embedding table; otherwise the weights are incomplete.");
    }

    // Computed from the configuration; older versions saved it.
    private static bool IsOldConstant(string name) => name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    private static string[] Tied(Qwen2Config config) => config.TieWordEmbeddings ? [OutputWeight] : [];

    private static string Check(string folder, ScalarType dtype)
    {
        if (!SafetensorsDType.IsFloat(dtype))
            throw new ArgumentException($"A model's weights cannot be of type {dtype}.", nameof(dtype));
        folder = Checkpoint.FullFolder(folder);
        // Files beside the weights by which transformers would compute something else.
        if (AdapterFolder.IsAdapter(folder))
            throw new MalformedInputException(Path.Combine(folder, AdapterConfigFile.FileName), "an adapter lies beside the model or in its place",
                "Give the folder of its base model, and the adapter as an adapter (BackboneOptions.LanguageAdapter, or --adapter); remove the file if the weights are merged already.");
        if (Array.Find(s_quantizations, name => File.Exists(Path.Combine(folder, name))) is { } quantization)
            throw new MalformedInputException(Path.Combine(folder, quantization), "it says that the weights are quantized, which is not supported", "Use the model's unquantized weights.");
        return folder;
    }
}
