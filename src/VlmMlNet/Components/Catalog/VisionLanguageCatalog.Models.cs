using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Components;
using VlmMlNet.Components.Catalog;
using VlmMlNet.Components.Recipes;
using VlmMlNet.Components.Saving;
using VlmMlNet.Files;
using VlmMlNet.Imaging;
using VlmMlNet.ModelFolders;
using VlmMlNet.ModelFolders.Adapters;
using VlmMlNet.Models;
using VlmMlNet.Models.Lora;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Runtime;
using VlmMlNet.Safetensors;
using VlmMlNet.Text;

namespace VlmMlNet;

/// <content>Models in files.</content>
public sealed partial class VisionLanguageCatalog
{
    /// <inheritdoc cref="LoadBackbones(BackboneOptions)"/>
    /// <param name="visionFolder">See <see cref="BackboneOptions.VisionFolder"/>.</param>
    /// <param name="languageFolder">See <see cref="BackboneOptions.LanguageFolder"/>.</param>
    /// <param name="projectorHiddenSize">See <see cref="BackboneOptions.ProjectorHiddenSize"/>.</param>
    public VisionLanguageModel LoadBackbones(string visionFolder, string languageFolder, int? projectorHiddenSize = null) =>
        LoadBackbones(new BackboneOptions { VisionFolder = visionFolder, LanguageFolder = languageFolder, ProjectorHiddenSize = projectorHiddenSize });

    /// <summary>Joins a trained image encoder and a trained language model by a new projector: the model that stage 0 starts
    /// from. The projector's weights are drawn by the context's seed; the model lies on the context's device.</summary>
    /// <param name="options">The folders, the projector's width, the type of the weights.</param>
    /// <exception cref="DirectoryNotFoundException">A folder is absent.</exception>
    /// <exception cref="FileNotFoundException">A folder lacks a file.</exception>
    /// <exception cref="MalformedInputException">A file is damaged, describes another kind of model, or does not fit the others.</exception>
    /// <exception cref="InvalidOperationException">The context's GpuDeviceId is not there, and FallbackToCpu is false.</exception>
    public VisionLanguageModel LoadBackbones(BackboneOptions options)
    {
        Contracts.CheckValue(options, nameof(options));
        var host = _environment.Register(nameof(LoadBackbones));
        var device = TorchDevice.For(host);
        string visionFolder = Checkpoint.FullFolder(options.VisionFolder), languageFolder = Checkpoint.FullFolder(options.LanguageFolder);
        var tokenizer = VlmTokenizer.Load(languageFolder);
        PartsFit.CheckTokens(languageFolder, tokenizer, HuggingFaceConfig.Qwen2(languageFolder));
        var imageProcessor = ImageProcessorFolder.Find(visionFolder) is { } config ? new ImageProcessor(config) : null;
        PartsFit.CheckPictures(visionFolder, imageProcessor?.Config, HuggingFaceConfig.SiglipVision(visionFolder).Config);
        using (var channel = host.Start("Loading"))
        {
            foreach (string note in BackboneNotes.Find(visionFolder, languageFolder, tokenizer, options.SystemPrompt))
                channel.Warning(MessageSensitivity.None, "{0}", note);
        }
        SiglipVisionModel? vision = null;
        Qwen2ForCausalLM? language = null;
        try
        {
            // Captions come from the patches: the pooling head would only take memory.
            vision = HuggingFaceFolder.LoadSiglipVision(visionFolder, options.WeightType, device, withHead: false);
            language = HuggingFaceFolder.LoadQwen2(languageFolder, options.WeightType, device);
            var adapters = new AdapterPair(Merge(options.VisionAdapter, vision), Merge(options.LanguageAdapter, language));
            var paper = ProjectorConfig.Paper;
            bool isPapers = vision.Config.HiddenSize == paper.VisionHiddenSize && language.Config.HiddenSize == paper.TextHiddenSize;
            int? hiddenSize = options.ProjectorHiddenSize ?? (isPapers ? paper.HiddenSize : null);
            ulong seed = (ulong)(((IHostEnvironmentInternal)host).Seed ?? host.Rand.Next());
            var model = VisionLanguageModel.FromBackbones(vision, language, tokenizer, hiddenSize, options.SystemPrompt, seed, imageProcessor);
            (model.VisionAdapter, model.LanguageAdapter) = adapters;
            return model;
        }
        catch (Exception e)
        {
            vision?.Dispose();
            language?.Dispose();
            if (e is ArgumentException and not ArgumentNullException)
                throw new MalformedInputException($"{options.VisionFolder} and {options.LanguageFolder}", ErrorMessage.Of(e), "Use backbones and a tokenizer that belong together.", innerException: e);
            throw;
        }
    }

    private static LoraAdapter? Merge(string? folder, TorchSharp.torch.nn.Module module)
    {
        if (folder is null)
            return null;
        var adapter = AdapterFolder.Load(folder, module);
        adapter.MergeInto(module); // nobody else has it yet
        return adapter;
    }

    /// <summary>Loads a whole model that <see cref="SaveModel"/> saved, onto the context's device. Its weights are the saved ones bit for bit.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="precision">Holds the language model in this precision, for generating, as <see cref="VisionLanguageModel.WithPrecision"/>
    /// does, but without having the saved weights in memory as well. With bfloat16 the other parts are then loaded in bfloat16
    /// too where the processor multiplies it. Null: as it was saved.</param>
    /// <inheritdoc cref="LoadBackbones(BackboneOptions)" path="/exception"/>
    public VisionLanguageModel LoadModel(string folder, WeightPrecision? precision = null)
    {
        var host = _environment.Register(nameof(LoadModel));
        var model = Load(host, folder, precision);
        if (StagedTrainingState.ReachedIn(folder) is { } reached && reached.Finished < reached.Planned)
        {
            using var channel = host.Start("Loading");
            channel.Warning(MessageSensitivity.None, "{0}", $"{folder} holds an unfinished training run: its model has {reached.Finished} of {reached.Planned} stages behind it (StagedTraining.Resume goes on with the run).");
        }
        return model;
    }

    /// <summary>Throws where the context's device is not there.</summary>
    /// <exception cref="InvalidOperationException">GpuDeviceId is not there, and FallbackToCpu is false.</exception>
    internal void CheckDevice() => TorchDevice.For(_environment.Register(nameof(LoadModel)));

    /// <summary>The same without a word about the run that the folder may belong to.</summary>
    internal VisionLanguageModel LoadSilently(string folder) => Load(_environment.Register(nameof(LoadModel)), folder, null);

    private static VisionLanguageModel Load(IHost host, string folder, WeightPrecision? precision)
    {
        var device = TorchDevice.For(host);
        bool isSmall = precision == WeightPrecision.BFloat16 && device.type == TorchSharp.DeviceType.CPU && ProcessorFeatures.MultipliesBFloat16;
        return ModelFolder.Load(folder, isSmall ? TorchSharp.torch.ScalarType.BFloat16 : null, device, precision);
    }

    /// <summary>Saves a whole model as a folder: see <see cref="ModelFolder"/>.</summary>
    /// <param name="model">The model, or the transformer of a finished stage.</param>
    /// <param name="folder">The folder, which appears when it is complete. A model that was saved there before is replaced.</param>
    /// <exception cref="IOException">The folder holds something else, or a file cannot be written.</exception>
    public void SaveModel(VisionLanguageModel model, string folder)
    {
        _environment.CheckValue(model, nameof(model));
        ModelFolder.Save(model, folder);
    }

    /// <summary>Loads a pipeline that <c>mlContext.Model.Save</c> saved, as <c>mlContext.Model.Load</c> does, which reports damage to a
    /// part as a TargetInvocationException of another one.</summary>
    /// <param name="file">The zip.</param>
    /// <param name="inputSchema">The columns that the pipeline was fitted to.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MalformedInputException">It is no saved pipeline, or a part of it is damaged: the message names file and part.</exception>
    public ITransformer LoadPipeline(string file, out DataViewSchema inputSchema) => SavedPipeline.Load(file, _environment, out inputSchema);
}
