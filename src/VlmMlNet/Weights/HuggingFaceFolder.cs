using VlmMlNet.Files;
using VlmMlNet.Models;
using static TorchSharp.torch;

namespace VlmMlNet.Weights;

/// <summary>Loads and saves models as Hugging Face publishes them: a folder with config.json and safetensors.</summary>
/// <remarks>All loading methods throw <see cref="DirectoryNotFoundException"/> or <see cref="FileNotFoundException"/> with the
/// full path for what is absent, and <see cref="MalformedInputException"/> for a configuration that is damaged or not supported
/// (naming file, key, value and what is supported) and for weights that are damaged or do not fit it. Shapes are compared before
/// memory for the weights is taken.</remarks>
public static class HuggingFaceFolder
{
    private const string OutputWeight = "lm_head.weight";

    /// <summary>Loads the vision tower of a <c>SiglipVisionModel</c> or <c>SiglipModel</c>, such as google/siglip-so400m-patch14-224.</summary>
    /// <param name="folder">The folder. What belongs to the text tower is ignored.</param>
    /// <param name="dtype">Type of the loaded weights, whatever the file has. Default float32.</param>
    /// <param name="device">Where the weights go. Default CPU.</param>
    /// <param name="withHead">Whether the attention-pool head is loaded where the model has one; features of patches do not
    /// need it. Default true.</param>
    public static SiglipVisionModel LoadSiglipVision(string folder, ScalarType dtype = ScalarType.Float32, Device? device = null, bool withHead = true)
    {
        CheckFolder(ref folder, dtype);
        TorchRuntime.EnsureLoaded();
        var (config, hasTextTower) = HuggingFaceConfig.SiglipVision(folder);
        bool skipsHead = config.UseHead && !withHead;
        if (skipsHead)
            config = config with { UseHead = false };
        using var checkpoint = Checkpoint.OpenFolder(folder);
        return Load(at => new SiglipVisionModel(config, dtype, at), checkpoint, device ?? CPU, name =>
            (hasTextTower && (name.StartsWith("text_model.", StringComparison.Ordinal) || name is "logit_scale" or "logit_bias"))
            || (skipsHead && name.StartsWith("vision_model.head.", StringComparison.Ordinal))
            || name.EndsWith("embeddings.position_ids", StringComparison.Ordinal)); // a constant that older versions saved
    }

    /// <summary>Loads a <c>Qwen2ForCausalLM</c>, such as Qwen/Qwen2.5-0.5B-Instruct. With tied embeddings the output layer is
    /// the embedding table itself, and a second copy in the file is not read.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="dtype">Type of the loaded weights, whatever the file has. Default float32.</param>
    /// <param name="device">Where the weights go. Default CPU.</param>
    public static Qwen2ForCausalLM LoadQwen2(string folder, ScalarType dtype = ScalarType.Float32, Device? device = null)
    {
        CheckFolder(ref folder, dtype);
        TorchRuntime.EnsureLoaded();
        var config = HuggingFaceConfig.Qwen2(folder);
        using var checkpoint = Checkpoint.OpenFolder(folder);
        if (!config.TieWordEmbeddings && !checkpoint.Contains(OutputWeight) && checkpoint.Contains("model.embed_tokens.weight"))
            throw new MalformedInputException(checkpoint.Path, $"it holds no {OutputWeight}, but tie_word_embeddings in {HuggingFaceConfig.FileName} is false or absent",
                "Set it to true if the output layer is the embedding table; otherwise the weights are incomplete.");
        return Load(at => new Qwen2ForCausalLM(config, dtype, at), checkpoint, device ?? CPU,
            name => name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal), // a constant that older versions saved
            config.TieWordEmbeddings ? [OutputWeight] : []);
    }

    /// <summary>Saves a vision model as a folder that <see cref="LoadSiglipVision"/> and Hugging Face load; weights keep their type.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Made where it does not exist. Other files in it stay.</param>
    /// <exception cref="IOException">A file cannot be written. Files of the same name are replaced whole or not at all.</exception>
    public static void Save(SiglipVisionModel model, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        Save(model, folder, HuggingFaceConfigWriter.ToJson(model.Config, StoredType(model)));
    }

    /// <summary>Saves a language model as a folder that <see cref="LoadQwen2"/> and Hugging Face load; weights keep their type.
    /// A tied output layer is not written.</summary>
    /// <inheritdoc cref="Save(SiglipVisionModel, string)"/>
    public static void Save(Qwen2ForCausalLM model, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        Save(model, folder, HuggingFaceConfigWriter.ToJson(model.Config, StoredType(model)));
    }

    private static T Load<T>(Func<Device, T> create, Checkpoint checkpoint, Device device, Func<string, bool> ignoreUnexpected, IReadOnlyCollection<string>? tied = null)
        where T : nn.Module
    {
        // A configuration that asks for more than the file has is found out on the device that allocates nothing.
        using (var shapes = create(META))
            ModuleWeights.Match(shapes, checkpoint, "", ignoreUnexpected, tied);
        var module = create(device);
        try
        {
            ModuleWeights.Load(module, checkpoint, "", ignoreUnexpected, tied);
            return module;
        }
        catch
        {
            module.Dispose();
            throw;
        }
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

    private static void CheckFolder(ref string folder, ScalarType dtype)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!SafetensorsDType.IsFloat(dtype))
            throw new ArgumentException($"A model's weights cannot be of type {dtype}.", nameof(dtype));
        folder = Path.GetFullPath(folder);
        Checkpoint.CheckFolder(folder);
    }
}
