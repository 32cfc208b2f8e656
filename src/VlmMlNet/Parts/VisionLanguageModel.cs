using VlmMlNet.Imaging;
using VlmMlNet.Models;
using VlmMlNet.Models.Lora;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Parts;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet;

/// <summary>A vision-language model: image encoder, projector and language model, with the tokenizer and the image
/// preprocessing that belong to them.</summary>
/// <remarks>
/// The weights of a model never change: training makes a new model, which shares the parts that were frozen and owns copies
/// of those that were trained. A part is freed when the last model that holds it is disposed. Thread-safe for reading.
/// </remarks>
public sealed class VisionLanguageModel : IDisposable
{
    /// <summary>What a model is asked for a caption unless it learned another prompt: <c>Describe the image.</c></summary>
    public const string DefaultCaptionPrompt = "Describe the image.";

    private readonly ImageEncoderPart _vision;
    private readonly ProjectorPart _projector;
    private readonly LanguageModelPart _language;
    private readonly ConversationModel _conversation;
    private VisionLanguageNetwork? _network;
    private readonly Lock _holding = new();
    private int _disposed;

    /// <summary>Joins parts into a model, which owns them from now on.</summary>
    /// <param name="vision">The image encoder.</param>
    /// <param name="projector">The projector; its widths fit between the two.</param>
    /// <param name="language">The language model.</param>
    /// <param name="tokenizer">The language model's tokenizer.</param>
    /// <param name="imageProcessor">The image encoder's preprocessing; its size is the encoder's.</param>
    /// <param name="systemPrompt">The system message of conversations that have none; null for no system message.</param>
    /// <exception cref="ArgumentException">The parts do not fit each other.</exception>
    public VisionLanguageModel(SiglipVisionModel vision, MlpProjector projector, Qwen2ForCausalLM language,
        VlmTokenizer tokenizer, ImageProcessor imageProcessor, string? systemPrompt = null)
        : this(new TorchImageEncoder(vision), new TorchProjector(projector), new TorchLanguageModel(language), tokenizer, imageProcessor, systemPrompt)
    {
    }

    /// <summary>Joins parts into a model, which is then their holder.</summary>
    internal VisionLanguageModel(ImageEncoderPart vision, ProjectorPart projector, LanguageModelPart language, VlmTokenizer tokenizer, ImageProcessor imageProcessor, string? systemPrompt)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(imageProcessor);
        CheckFit(vision.Config, projector.Config, language.Config, tokenizer, imageProcessor);
        (_vision, _projector, _language) = (vision, projector, language);
        Tokenizer = tokenizer;
        ImageProcessor = imageProcessor;
        SystemPrompt = systemPrompt;
        ChatTemplate = new ChatTemplate(tokenizer, systemPrompt);
        _conversation = new ConversationModel(language, tokenizer, ChatTemplate, vision.Config.PatchCount);
    }

    /// <summary>The three parts as one network of TorchSharp modules: to train, to export, and to compute with them.</summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InvalidOperationException">A part is held in a reduced precision, and has no module.</exception>
    public VisionLanguageNetwork Network
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            if (_network is null)
            {
                var language = _language.Module; // what is reduced most often says so first
                _network = new VisionLanguageNetwork(_vision.Module, _projector.Module, language);
            }
            return _network;
        }
    }

    /// <summary>The language model's tokenizer.</summary>
    public VlmTokenizer Tokenizer { get; }

    /// <summary>Pictures to the encoder's input.</summary>
    public ImageProcessor ImageProcessor { get; }

    /// <summary>The system message of conversations that have none; null for no system message.</summary>
    public string? SystemPrompt { get; }

    /// <summary>What the model is asked for a caption where nothing else is said. A stage whose options name the prompt of captions
    /// sets it, models trained from this one keep it, and it is saved with the model. Default <see cref="DefaultCaptionPrompt"/>.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string CaptionPrompt
    {
        get;
        set
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            field = value;
        }
    } = DefaultCaptionPrompt;

    /// <summary>What training by adapters, or an adapter that was applied, has changed in the language model since it was loaded, so that it can be
    /// saved alone; its weights have it merged. Null where there was none, or all of its weights were trained since.</summary>
    public LoraAdapter? LanguageAdapter { get; internal set; }

    /// <summary>The same for the image encoder.</summary>
    public LoraAdapter? VisionAdapter { get; internal set; }

    /// <summary>Conversations to token ids.</summary>
    public ChatTemplate ChatTemplate { get; }

    /// <summary>Tokens that one picture takes in the language model's sequence.</summary>
    public int ImageTokenCount => Conversation.ImageTokenCount;

    /// <summary>Where the weights lie.</summary>
    public Device Device => ProjectorPart.Device;

    /// <summary>Number of parameters of each part; tied embeddings count once.</summary>
    public ParameterCounts CountParameters() =>
        new(VisionPart.ParameterCount - VisionPart.HeadParameterCount, VisionPart.HeadParameterCount, ProjectorPart.ParameterCount, Conversation.Language.ParameterCount);

    /// <summary>A model of new weights: every part initialised from the seed.</summary>
    /// <param name="vision">Shape of the image encoder.</param>
    /// <param name="language">Shape of the language model.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="projectorHiddenSize">Width between the projector's layers; null for the language model's width.</param>
    /// <param name="systemPrompt">The system message of conversations that have none.</param>
    /// <param name="seed">Equal seeds give equal weights.</param>
    /// <param name="device">Where the weights lie. Default CPU.</param>
    public static VisionLanguageModel CreateRandom(SiglipVisionConfig vision, Qwen2Config language, VlmTokenizer tokenizer,
        int? projectorHiddenSize = null, string? systemPrompt = null, ulong seed = 0, Device? device = null)
    {
        TorchRuntime.EnsureLoaded();
        var visionModel = new SiglipVisionModel(vision, ScalarType.Float32, device);
        var languageModel = new Qwen2ForCausalLM(language, ScalarType.Float32, device);
        WeightInitializer.Initialize(visionModel, seed);
        WeightInitializer.Initialize(languageModel, seed + 1);
        return FromBackbones(visionModel, languageModel, tokenizer, projectorHiddenSize, systemPrompt, seed + 2);
    }

    /// <summary>A model of two trained backbones and a new projector between them: where stage 0 begins.</summary>
    /// <param name="vision">The image encoder; owned by the model from now on.</param>
    /// <param name="language">The language model; owned by the model from now on.</param>
    /// <param name="tokenizer">The language model's tokenizer.</param>
    /// <param name="projectorHiddenSize">Width between the projector's layers; null for the language model's width.</param>
    /// <param name="systemPrompt">The system message of conversations that have none.</param>
    /// <param name="seed">Seed of the projector's weights.</param>
    /// <param name="imageProcessor">Preprocessing; null for the encoder's size and SigLIP's normalisation to [-1, 1].</param>
    public static VisionLanguageModel FromBackbones(SiglipVisionModel vision, Qwen2ForCausalLM language, VlmTokenizer tokenizer,
        int? projectorHiddenSize = null, string? systemPrompt = null, ulong seed = 0, ImageProcessor? imageProcessor = null)
    {
        ArgumentNullException.ThrowIfNull(vision);
        ArgumentNullException.ThrowIfNull(language);
        var projector = new MlpProjector(new ProjectorConfig
        {
            VisionHiddenSize = vision.Config.HiddenSize,
            HiddenSize = projectorHiddenSize ?? language.Config.HiddenSize,
            TextHiddenSize = language.Config.HiddenSize,
        }, language.OutputWeight.dtype, language.OutputWeight.device);
        WeightInitializer.Initialize(projector, seed);
        imageProcessor ??= new ImageProcessor(new ImageProcessorConfig { Width = vision.Config.ImageSize, Height = vision.Config.ImageSize });
        return new VisionLanguageModel(vision, projector, language, tokenizer, imageProcessor, systemPrompt);
    }

    /// <summary>How the language model's weights are held.</summary>
    public WeightPrecision Precision => Conversation.Language.Precision;

    /// <summary>This model with its language model in another precision, for generating: smaller and faster on a CPU. With int8 and
    /// int4 the image encoder (without its pooling head) and the projector are held in 8 bits too, where they lie on the CPU. It has weights of
    /// its own there and shares the other parts, so that either model may be disposed first.</summary>
    /// <param name="precision">The precision. A model of reduced precision cannot be trained and does not score answers.</param>
    /// <exception cref="InvalidOperationException">This model is held in another reduced precision already.</exception>
    public VisionLanguageModel WithPrecision(WeightPrecision precision)
    {
        var language = Conversation.Language.WithPrecision(precision);
        ImageEncoderPart? vision = null;
        try
        {
            vision = VisionPart.WithPrecision(precision);
            return new VisionLanguageModel(vision, ProjectorPart.WithPrecision(precision), language, Tokenizer, ImageProcessor, SystemPrompt) { CaptionPrompt = CaptionPrompt };
        }
        catch
        {
            vision?.Release();
            language.Release();
            throw;
        }
    }

    /// <summary>A model that shares this one's parts where none is given, and owns the given ones.</summary>
    internal VisionLanguageModel With(SiglipVisionModel? vision, MlpProjector? projector, Qwen2ForCausalLM? language)
    {
        lock (_holding) // all parts are held, or none
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            return new VisionLanguageModel(
                vision is null ? Held(_vision) : new TorchImageEncoder(vision),
                projector is null ? Held(_projector) : new TorchProjector(projector),
                language is null ? Held(_language) : new TorchLanguageModel(language),
                Tokenizer, ImageProcessor, SystemPrompt)
            {
                CaptionPrompt = CaptionPrompt,
                VisionAdapter = vision is null ? VisionAdapter : null,
                LanguageAdapter = language is null ? LanguageAdapter : null,
            };
        }
    }

    /// <summary>The image encoder, for a component that holds it alone.</summary>
    internal ImageEncoderPart VisionPart => Part(_vision);

    /// <summary>The projector, for a component that holds it alone.</summary>
    internal ProjectorPart ProjectorPart => Part(_projector);

    /// <summary>The language model with its tokenizer and template, for a component that holds it alone.</summary>
    internal ConversationModel Conversation => Part(_conversation);

    /// <summary>Pictures to visual tokens; on a CPU each has the tokens, to the last bit, that it has in every other batch.</summary>
    /// <param name="pixels">[N, channels, H, W], normalised to [-1, 1].</param>
    /// <returns>[N, patches, language width].</returns>
    internal Tensor VisualTokens(Tensor pixels) => ProjectorPart.Project(VisionPart.Encode(pixels.to(Device)));

    /// <summary>Checks that parts fit each other.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    internal static void CheckFit(SiglipVisionConfig vision, ProjectorConfig projector, Qwen2Config language, VlmTokenizer tokenizer, ImageProcessor imageProcessor)
    {
        VisionLanguageNetwork.CheckWidths(vision, projector, language);
        if (imageProcessor.Config.Width != vision.ImageSize || imageProcessor.Config.Height != vision.ImageSize)
            throw new ArgumentException($"Pictures are resized to {imageProcessor.Config.Width}x{imageProcessor.Config.Height}; the vision model expects {vision.ImageSize}x{vision.ImageSize}.", nameof(imageProcessor));
        if (tokenizer.VocabularySize > language.VocabSize)
            throw new ArgumentException($"The tokenizer has {tokenizer.VocabularySize} tokens, the language model {language.VocabSize} embeddings: they do not belong together.", nameof(tokenizer));
    }

    /// <summary>A second owner of the same parts, for a component that lives independently of this object.</summary>
    internal VisionLanguageModel Share() => With(null, null, null);

    /// <summary>Frees the parts that no other model holds.</summary>
    public void Dispose()
    {
        lock (_holding)
        {
            if (_disposed != 0)
                return;
            _disposed = 1;
            _vision.Release();
            _projector.Release();
            _language.Release();
        }
    }

    private static T Held<T>(T part) where T : ModelPart
    {
        part.Hold();
        return part;
    }

    private T Part<T>(T part)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return part;
    }
}
