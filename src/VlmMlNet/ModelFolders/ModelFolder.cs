using VlmMlNet.Files;
using VlmMlNet.Imaging;
using VlmMlNet.ModelFolders.Adapters;
using VlmMlNet.Safetensors;
using VlmMlNet.Text.Tokenizer;
using static TorchSharp.torch;

namespace VlmMlNet.ModelFolders;

/// <summary>Loads and saves whole vision-language models: a folder with config.json, model.safetensors, tokenizer.json and
/// preprocessor_config.json.</summary>
/// <remarks>config.json holds <c>vision_config</c> and <c>text_config</c> as Hugging Face has them, <c>projector_config</c>,
/// <c>system_prompt</c> and <c>caption_prompt</c>; in model.safetensors the parts are <c>vision_tower.*</c>, <c>multi_modal_projector.*</c> and
/// <c>language_model.*</c>, with Hugging Face's names behind that. A language model in a reduced precision lies in
/// language_model.safetensors instead, and config.json says <c>language_precision</c>; an image encoder and a projector in 8 bits lie
/// in vision_tower.safetensors and multi_modal_projector.safetensors, and config.json says <c>encoder_precision</c>. A model that was trained by
/// adapters is saved with them merged into its weights; the adapters themselves lie beside, in the folders <c>language_adapter</c> and
/// <c>vision_adapter</c>.</remarks>
public static class ModelFolder
{
    /// <summary>The file of what a training run has finished.</summary>
    internal const string TrainingStateName = "training.json";

    // Beside a new model these would be another's.
    private static readonly string[] s_whole =
    [
        Checkpoint.FileName, Checkpoint.IndexName, .. PartFiles.All.Select(part => part.ReducedName), TrainingStateName,
        GenerationConfigFile.FileName, ImageProcessorFolder.JointName, TokenizerFolder.SpecialTokensName, .. AdapterPair.Names,
    ];

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
        using var model = new FolderModel(folder);
        return model.Load(dtype, device ?? CPU, precision);
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
            var whole = new List<KeyValuePair<string, Tensor>>();
            held.VisionPart.Save(new FolderWeightTarget(temporary, PartFiles.Vision, whole));
            held.ProjectorPart.Save(new FolderWeightTarget(temporary, PartFiles.Projector, whole));
            held.Conversation.Language.Save(new FolderWeightTarget(temporary, PartFiles.Language, whole));
            if (whole.Count > 0)
                SafetensorsWriter.Write(Path.Combine(temporary, Checkpoint.FileName), whole, new Dictionary<string, string> { ["format"] = "pt" });
            held.Tokenizer.Save(temporary);
            File.WriteAllText(Path.Combine(temporary, ImageProcessorFolder.FileName), held.ImageProcessor.Config.ToJson());
            File.WriteAllBytes(Path.Combine(temporary, HuggingFaceConfig.FileName), ModelConfig.ToJson(held));
            GenerationConfigFile.Write(held.Conversation.Language.Config, temporary);
            AdapterPair.Of(held).Write(temporary, held);
        }, s_whole, last: HuggingFaceConfig.FileName);
    }

    /// <summary>Whether the folder holds a saved vision-language model, by its config.json.</summary>
    /// <param name="folder">The folder; may be absent.</param>
    public static bool IsModel(string folder) => TypeOf(folder) == ModelConfig.ModelType;

    /// <summary>Whether it holds an image encoder or a language model as Hugging Face publishes them.</summary>
    internal static bool IsBackbone(string folder) => TypeOf(folder) is HuggingFaceConfig.SiglipType or HuggingFaceConfig.SiglipVisionType or HuggingFaceConfig.Qwen2Type;

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
}
