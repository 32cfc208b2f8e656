using VlmMlNet.Cpu.Weights;
using VlmMlNet.Files;
using VlmMlNet.Imaging;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Parts;
using VlmMlNet.Safetensors;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.ModelFolders;

/// <summary>A folder of a whole vision-language model, opened: all but its weights is read and checked.</summary>
internal sealed class FolderModel : IDisposable
{
    private readonly string _folder;
    private readonly ModelConfig _config;
    private readonly string _captionPrompt;
    private readonly Qwen2Config _language;
    private readonly VlmTokenizer _tokenizer;
    private readonly ImageProcessor _imageProcessor;
    private readonly Checkpoint? _checkpoint; // null where all parts were saved reduced

    /// <summary>Opens it.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">A file is absent.</exception>
    /// <exception cref="MalformedInputException">It is another kind of model or none, or a file is damaged or does not fit the others.</exception>
    public FolderModel(string folder)
    {
        _folder = Checkpoint.FullFolder(folder);
        FolderReplacement.Complete(_folder);
        TorchRuntime.EnsureLoaded();
        var root = ModelPlace.OpenConfig(_folder);
        if (root.Text("model_type") != ModelConfig.ModelType)
            throw root.Bad("model_type", $"a whole vision-language model has '{ModelConfig.ModelType}'.", ModelConfig.Remedy);
        _captionPrompt = ModelConfig.ReadCaptionPrompt(root);
        _config = new ModelConfig(root);
        _language = GenerationConfigFile.Apply(_config.Language, _folder);
        _tokenizer = VlmTokenizer.Load(_folder);
        PartsFit.CheckTokens(_folder, _tokenizer, _language);
        _imageProcessor = new ImageProcessor(ImageProcessorFolder.Read(_folder));
        PartsFit.CheckPictures(_folder, _imageProcessor.Config, _config.Vision);
        _checkpoint = _config is { HasReducedEncoder: true, Precision: not null } ? null : Checkpoint.OpenFolder(_folder);
        try
        {
            if (_checkpoint is not null)
                PartFiles.CheckNames(_checkpoint);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Checks the shapes and the types of the parts, as loading does.</summary>
    /// <exception cref="MalformedInputException">A part cannot be made, or does not fit the others.</exception>
    public void CheckParts() => OfFolder(() =>
    {
        _config.CheckTypes();
        _config.Vision.Check();
        _config.Projector.Check();
        _language.Check();
        VisionLanguageModel.CheckFit(_config.Vision, _config.Projector, _language, _tokenizer, _imageProcessor);
        return true;
    });

    /// <summary>Loads the weights: see <see cref="ModelFolder.Load"/>.</summary>
    public VisionLanguageModel Load(ScalarType? dtype, Device device, WeightPrecision? precision)
    {
        if (_config.Precision is { } stored && precision is { } wanted && wanted != stored)
            throw new InvalidOperationException($"{_folder} holds its language model in {PackedFile.Name(stored)}: it cannot be had in {PackedFile.Name(wanted)}. Use the model that it was made of.");
        bool isEncoderReduced = _config.HasReducedEncoder || (ReducedPart.IsBytes(precision) && dtype is null && device.type == TorchSharp.DeviceType.CPU);
        var parts = new List<ModelPart>();
        try
        {
            return OfFolder(() =>
            {
                var vision = Loaded(LoadVision());
                var projector = Loaded(LoadProjector());
                var language = Loaded(LoadLanguage());
                return new VisionLanguageModel(vision, projector, language, _tokenizer, _imageProcessor, _config.SystemPrompt) { CaptionPrompt = _captionPrompt };
            });
        }
        catch
        {
            parts.ForEach(part => part.Release());
            throw;
        }

        ImageEncoderPart LoadVision()
        {
            var source = Source(PartFiles.Vision, _config.HasReducedEncoder);
            return isEncoderReduced ? ImageEncoderPart.LoadReduced(source, _config.Vision) : ImageEncoderPart.Load(source, _config.Vision, dtype ?? _config.VisionType);
        }

        ProjectorPart LoadProjector()
        {
            var source = Source(PartFiles.Projector, _config.HasReducedEncoder);
            return isEncoderReduced ? ProjectorPart.LoadReduced(source, _config.Projector) : ProjectorPart.Load(source, _config.Projector, dtype ?? _config.ProjectorType);
        }

        LanguageModelPart LoadLanguage()
        {
            var source = Source(PartFiles.Language, _config.Precision is not null);
            return (_config.Precision ?? precision) is { } reduced
                ? LanguageModelPart.LoadReduced(source, _language, reduced)
                : LanguageModelPart.Load(source, _language, dtype ?? _config.LanguageType);
        }

        FolderWeightSource Source(PartFiles part, bool isSavedReduced) => new(_folder, part, isSavedReduced ? null : _checkpoint, device);

        TPart Loaded<TPart>(TPart part) where TPart : ModelPart
        {
            parts.Add(part);
            return part;
        }
    }

    public void Dispose() => _checkpoint?.Dispose();

    private T OfFolder<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException e)
        {
            throw new MalformedInputException(_folder, $"its parts do not fit each other: {ErrorMessage.Of(e)}", ModelConfig.Remedy, innerException: e);
        }
    }
}
