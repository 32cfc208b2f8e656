using VlmMlNet.Files;
using VlmMlNet.Models.Lora;
using VlmMlNet.Parts;
using VlmMlNet.Safetensors;

namespace VlmMlNet.ModelFolders.Adapters;

/// <summary>The adapters of a model's two trained backbones, each in a folder of its own as PEFT saves it.</summary>
/// <param name="Vision">The image encoder's; null where it has none.</param>
/// <param name="Language">The language model's.</param>
internal sealed record AdapterPair(LoraAdapter? Vision, LoraAdapter? Language)
{
    public const string VisionName = "vision_adapter", LanguageName = "language_adapter";

    /// <summary>The names of the two folders.</summary>
    public static readonly string[] Names = [VisionName, LanguageName];

    /// <summary>The adapters that a model has.</summary>
    public static AdapterPair Of(VisionLanguageModel model) => new(model.VisionAdapter, model.LanguageAdapter);

    /// <summary>Reads the adapters of a folder: it is the folder of one, of either backbone, or holds the folders of one or both, as a
    /// model's folder does.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="model">What they are for.</param>
    /// <exception cref="FileNotFoundException">It holds none.</exception>
    /// <exception cref="MalformedInputException">A file is damaged, asks for something that is not supported, or does not fit the model.</exception>
    /// <exception cref="InvalidOperationException">The model is held in a reduced precision.</exception>
    public static AdapterPair Load(string folder, VisionLanguageModel model)
    {
        folder = Checkpoint.FullFolder(folder);
        FolderReplacement.Complete(folder);
        _ = model.Network; // which a model of reduced precision lacks
        if (AdapterFolder.IsAdapter(folder))
            return AdapterFolder.IsOfVision(folder) ? new(AdapterFolder.Load(folder, model.Network.Vision), null) : new(null, AdapterFolder.Load(folder, model.Network.Language));
        var pair = LoadParts(folder, model.VisionPart, model.Conversation.Language);
        return pair.Vision is not null || pair.Language is not null ? pair
            : throw new FileNotFoundException($"{folder} holds no adapter. Give an adapter folder as PEFT saves it, with {AdapterConfigFile.FileName} and {AdapterFolder.FileName}.", Path.Combine(folder, AdapterConfigFile.FileName));
    }

    /// <summary>Reads those that a folder holds of a model's parts. Reduced parts have none.</summary>
    public static AdapterPair LoadParts(string folder, ImageEncoderPart vision, LanguageModelPart language)
    {
        string ofVision = Path.Combine(folder, VisionName), ofLanguage = Path.Combine(folder, LanguageName);
        return new(vision.ReducedPrecision is null && AdapterFolder.IsAdapter(ofVision) ? AdapterFolder.Load(ofVision, vision.Module) : null,
            language.ReducedPrecision is null && AdapterFolder.IsAdapter(ofLanguage) ? AdapterFolder.Load(ofLanguage, language.Module) : null);
    }

    /// <summary>Writes the adapters' folders into a folder of the caller's, and brings them to the disk.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="model">Whose they are.</param>
    public void Write(string folder, VisionLanguageModel model)
    {
        if (Vision is not null)
            Write(Vision, model.Network.Vision, Path.Combine(folder, VisionName));
        if (Language is not null)
            Write(Language, model.Network.Language, Path.Combine(folder, LanguageName));

        static void Write(LoraAdapter adapter, TorchSharp.torch.nn.Module module, string folder)
        {
            AdapterFolder.Write(adapter, module, folder);
            Durable.FlushAll(folder);
        }
    }

    /// <summary>Saves a model's adapters. They take their places together; what else is in the folder stays.</summary>
    /// <exception cref="InvalidOperationException">The model has none.</exception>
    /// <exception cref="IOException">A file cannot be written. Nothing is changed then.</exception>
    public static void Save(VisionLanguageModel model, string folder)
    {
        var pair = Of(model);
        if (pair is { Vision: null, Language: null })
            throw new InvalidOperationException($"The model has no adapters: none of its stages trained by them, or all weights were trained after that. Set LanguageLora or VisionLora of the stage.");
        using var held = model.Share(); // it may be disposed meanwhile
        using var output = OutputFolder.Claim(folder);
        new FolderReplacement(output).Write(temporary => pair.Write(temporary, held), Names, last: pair.Language is null ? VisionName : LanguageName);
    }
}
