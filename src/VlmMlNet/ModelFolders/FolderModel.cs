using VlmMlNet.Cpu.Weights;
using VlmMlNet.Files;
using VlmMlNet.Imaging;
using VlmMlNet.ModelFolders.Adapters;
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
    public void CheckParts()
    {
        try
        {
            _config.CheckTypes();
            _config.Vision.Check();
            _config.Projector.Check();
            _language.Check();
            VisionLanguageModel.CheckFit(_config.Vision, _config.Projector, _language, _tokenizer, _imageProcessor);
        }
        catch (ArgumentException e)
        {
            throw Misfit(e);
        }
    }

    /// <summary>Loads the parts: see <see cref="ModelFolder.Load"/>.</summary>
    public VisionLanguageModel Load(ScalarType? dtype, Device device, WeightPrecision? precision)
    {
        if (_config.Precision is { } stored && precision is { } wanted && wanted != stored)
            throw new InvalidOperationException($"{_folder} holds its language model in {PackedFile.Name(stored)}: it cannot be had in {PackedFile.Name(wanted)}. Use the model that it was made of.");
        bool isEncoderReduced = _config.HasReducedEncoder || (ReducedPart.IsBytes(precision) && dtype is null && device.type == TorchSharp.DeviceType.CPU);
        ImageEncoderPart? vision = null;
        ProjectorPart? projector = null;
        LanguageModelPart? language = null;
        try
        {
            vision = LoadVision(dtype, device, isEncoderReduced);
            projector = LoadProjector(dtype, device, isEncoderReduced);
            language = LoadLanguage(dtype, device, _config.Precision ?? precision);
            var adapters = AdapterPair.LoadParts(_folder, vision, language); // their weights have them merged already
            return new VisionLanguageModel(vision, projector, language, _tokenizer, _imageProcessor, _config.SystemPrompt)
            {
                CaptionPrompt = _captionPrompt,
                VisionAdapter = adapters.Vision,
                LanguageAdapter = adapters.Language,
            };
        }
        catch (Exception e)
        {
            vision?.Release();
            projector?.Release();
            language?.Release();
            if (e is ArgumentException misfit)
                throw Misfit(misfit);
            throw;
        }
    }

    public void Dispose() => _checkpoint?.Dispose();

    private ImageEncoderPart LoadVision(ScalarType? dtype, Device device, bool isReduced)
    {
        var source = Source(PartFiles.Vision, _config.HasReducedEncoder, device);
        return isReduced ? ImageEncoderPart.LoadReduced(source, _config.Vision) : ImageEncoderPart.Load(source, _config.Vision, dtype ?? _config.VisionType);
    }

    private ProjectorPart LoadProjector(ScalarType? dtype, Device device, bool isReduced)
    {
        var source = Source(PartFiles.Projector, _config.HasReducedEncoder, device);
        return isReduced ? ProjectorPart.LoadReduced(source, _config.Projector) : ProjectorPart.Load(source, _config.Projector, dtype ?? _config.ProjectorType);
    }

    private LanguageModelPart LoadLanguage(ScalarType? dtype, Device device, WeightPrecision? precision)
    {
        var source = Source(PartFiles.Language, _config.Precision is not null, device);
        return precision is { } reduced ? LanguageModelPart.LoadReduced(source, _language, reduced) : LanguageModelPart.Load(source, _language, dtype ?? _config.LanguageType);
    }

    private FolderWeightSource Source(PartFiles part, bool isSavedReduced, Device device) => new(_folder, part, isSavedReduced ? null : _checkpoint, device);

    private MalformedInputException Misfit(ArgumentException e) =>
        new(_folder, $"its parts do not fit each other: {ErrorMessage.Of(e)}", ModelConfig.Remedy, innerException: e);
}
