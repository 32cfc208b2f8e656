using Microsoft.ML.Runtime;
using VlmMlNet.ModelFolders.Adapters;
using VlmMlNet.Parts;

namespace VlmMlNet;

/// <content>Adapters in files.</content>
public sealed partial class VisionLanguageCatalog
{
    /// <summary>Adds an adapter (LoRA) to a model's weights: that of its language model or of its image encoder, as the names of the adapter's
    /// tensors say. All that PEFT saves with <c>bias: none</c> and without <c>modules_to_save</c> and DoRA is computed as PEFT
    /// does; what is not supported is refused by name.</summary>
    /// <param name="model">The model, which stays as it is: the result shares the weights that the adapter does not change.</param>
    /// <param name="folder">A folder as PEFT saves it, with adapter_config.json and adapter_model.safetensors; or one that holds the folders
    /// <c>language_adapter</c> and <c>vision_adapter</c>, as <see cref="SaveAdapters"/> and <see cref="SaveModel"/> write them.</param>
    /// <returns>The new model, owned by the caller.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">It holds no adapter.</exception>
    /// <exception cref="MalformedInputException">A file is damaged, asks for something that is not supported, or does not fit the model.</exception>
    /// <exception cref="InvalidOperationException">The model is held in a reduced precision: apply adapters before.</exception>
    public VisionLanguageModel ApplyAdapter(VisionLanguageModel model, string folder)
    {
        _environment.CheckValue(model, nameof(model));
        var (vision, language) = AdapterPair.Load(folder, model);
        return AdaptedModel.Of(model, vision, language);
    }

    /// <summary>Saves what training by adapters has changed since the backbones were loaded, without their weights: the folders
    /// <c>language_adapter</c> and <c>vision_adapter</c>, as PEFT saves and loads them, for those of the two that the model has.</summary>
    /// <param name="model">The model, or the transformer of a finished stage.</param>
    /// <param name="folder">Made where it does not exist. Other files in it stay.</param>
    /// <exception cref="InvalidOperationException">The model has no adapters.</exception>
    /// <exception cref="IOException">A file cannot be written. Nothing is changed then.</exception>
    public void SaveAdapters(VisionLanguageModel model, string folder)
    {
        _environment.CheckValue(model, nameof(model));
        AdapterPair.Save(model, folder);
    }
}
