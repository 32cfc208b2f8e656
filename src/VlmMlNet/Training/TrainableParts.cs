using TorchSharp.Modules;
using VlmMlNet.Models;
using VlmMlNet.Models.Lora;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Parts;
using static TorchSharp.torch;

namespace VlmMlNet.Training;

/// <summary>What a stage trains: copies of parts, or parts that share their weights with the previous model and have adapters. The
/// others stay the previous model's.</summary>
internal sealed class TrainableParts : IDisposable
{
    private AdapterTraining<SiglipVisionModel>? _visionAdapters;
    private AdapterTraining<Qwen2ForCausalLM>? _languageAdapters;
    private SiglipVisionModel? _vision;
    private MlpProjector? _projector;
    private Qwen2ForCausalLM? _language;

    private TrainableParts()
    {
    }

    /// <summary>Copies what the stage trains, or puts adapters on it.</summary>
    /// <param name="network">The previous model.</param>
    /// <param name="stage">What is trained.</param>
    /// <param name="seed">Decides where adapters begin.</param>
    /// <exception cref="ArgumentException">A layer that the stage names does not exist.</exception>
    public static TrainableParts CopyOf(VisionLanguageNetwork network, TrainingStage stage, long seed)
    {
        const ScalarType dtype = ScalarType.Float32; // bfloat16 would swallow small steps
        var device = network.Language.OutputWeight.device;
        var parts = new TrainableParts();
        try
        {
            if (stage.VisionLearningRate is not null)
            {
                if (stage.VisionLora is { } options)
                {
                    var own = network.Vision.vision_model.post_layernorm.weight;
                    parts._visionAdapters = OfStage(stage, nameof(stage.VisionLora),
                        () => new AdapterTraining<SiglipVisionModel>(network.Vision, new SiglipVisionModel(network.Vision.Config, own.dtype, own.device), options, seed));
                }
                else
                {
                    parts._vision = Copy(network.Vision, new SiglipVisionModel(network.Vision.Config, dtype, device));
                }
            }
            if (stage.ProjectorLearningRate is not null)
                parts._projector = Copy(network.Projector, new MlpProjector(network.Projector.Config, dtype, device));
            if (stage.LanguageLearningRate is not null)
            {
                if (stage.LanguageLora is { } options)
                {
                    parts._languageAdapters = OfStage(stage, nameof(stage.LanguageLora),
                        () => new AdapterTraining<Qwen2ForCausalLM>(network.Language, new Qwen2ForCausalLM(network.Language.Config, network.Language.OutputWeight.dtype, device), options, seed + 1));
                }
                else
                {
                    parts._language = Copy(network.Language, new Qwen2ForCausalLM(network.Language.Config, dtype, device));
                }
            }
            return parts;
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    /// <summary>Checks that the layers exist which a stage names, before anything is trained.</summary>
    /// <exception cref="ArgumentException">One does not.</exception>
    public static void CheckAdapters(VisionLanguageNetwork network, TrainingStage stage)
    {
        foreach (var (name, lora, module) in new (string, LoraOptions?, nn.Module)[] { (nameof(stage.VisionLora), stage.VisionLora, network.Vision), (nameof(stage.LanguageLora), stage.LanguageLora, network.Language) })
            if (lora is not null)
                OfStage(stage, name, () => LoraConfig.Of(lora).Targets.Find(module));
    }

    private SiglipVisionModel? Vision => _vision ?? _visionAdapters?.Module;

    private Qwen2ForCausalLM? Language => _language ?? _languageAdapters?.Module;

    /// <summary>What is trained of each part, with the part's prefix in a checkpoint and its peak learning rate.</summary>
    public IEnumerable<(string Prefix, IEnumerable<(string Name, Parameter Parameter)> Parameters, double Rate)> Groups(TrainingStage stage)
    {
        if (Vision is not null)
            yield return ("vision_tower.", Trained(Vision), stage.VisionLearningRate!.Value);
        if (_projector is not null)
            yield return ("multi_modal_projector.", Trained(_projector), stage.ProjectorLearningRate!.Value);
        if (Language is not null)
            yield return ("language_model.", Trained(Language), stage.LanguageLearningRate!.Value);
    }

    /// <summary>Begins a batch of a step.</summary>
    public void BeginBatch(long seed, long step, int batch)
    {
        _visionAdapters?.BeginBatch(seed, step, batch);
        _languageAdapters?.BeginBatch(seed, step, batch);
    }

    /// <summary>The trained weights by the names that a checkpoint has.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Named(TrainingStage stage) =>
        [.. Groups(stage).SelectMany(part => part.Parameters.Select(p => KeyValuePair.Create<string, Tensor>(part.Prefix + p.Name, p.Parameter)))];

    /// <summary>A model of the weights as they are now, which go on changing here and not there.</summary>
    public VisionLanguageModel CopyInto(VisionLanguageModel previous)
    {
        TModule? Copied<TModule>(TModule? module, Func<TModule, TModule> create) where TModule : nn.Module
        {
            var copy = module is null ? null : Copy(module, create(module));
            foreach (var parameter in copy?.parameters() ?? [])
                parameter.requires_grad = false;
            return copy;
        }
        var model = previous.With(
            Copied(_vision, m => new SiglipVisionModel(m.Config, Type(m), Place(m))),
            Copied(_projector, m => new MlpProjector(m.Config, Type(m), Place(m))),
            Copied(_language, m => new Qwen2ForCausalLM(m.Config, Type(m), Place(m))));
        if (_visionAdapters is null && _languageAdapters is null)
            return model;
        using (model)
            return AdaptedModel.Of(model, _visionAdapters?.Adapter(), _languageAdapters?.Adapter());
    }

    private static ScalarType Type(nn.Module module) => module.parameters().First().dtype;

    private static Device Place(nn.Module module) => module.parameters().First().device;

    /// <summary>Ends a batch: what is computed from here on is what the model computes.</summary>
    public void EndBatch()
    {
        _visionAdapters?.EndBatch();
        _languageAdapters?.EndBatch();
    }

    /// <summary>The network with what is trained in its place.</summary>
    public VisionLanguageNetwork Join(VisionLanguageNetwork previous) =>
        new(Vision ?? previous.Vision, _projector ?? previous.Projector, Language ?? previous.Language);

    /// <summary>Hands what was trained over to a new model, with adapters merged into its weights.</summary>
    public VisionLanguageModel IntoModel(VisionLanguageModel previous)
    {
        foreach (var module in new nn.Module?[] { _vision, _projector, _language })
            foreach (var parameter in module?.parameters() ?? [])
                parameter.requires_grad = false;
        var model = previous.With(_vision, _projector, _language);
        (_vision, _projector, _language) = (null, null, null);
        if (_visionAdapters is null && _languageAdapters is null)
            return model;
        using (model)
            return AdaptedModel.Of(model, _visionAdapters?.Adapter(), _languageAdapters?.Adapter());
    }

    public void Dispose()
    {
        foreach (var part in new IDisposable?[] { _vision, _projector, _language, _visionAdapters, _languageAdapters })
            part?.Dispose();
    }

    private static IEnumerable<(string Name, Parameter Parameter)> Trained(nn.Module module) => module.named_parameters().Where(p => p.parameter.requires_grad);

    private static T OfStage<T>(TrainingStage stage, string option, Func<T> create)
    {
        try
        {
            return create();
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"Training stage '{stage.Name}': {option}: {e.Message}", e);
        }
    }

    private static TModule Copy<TModule>(TModule from, TModule to) where TModule : nn.Module
    {
        using var unrecorded = no_grad();
        foreach (var (source, target) in from.parameters().Zip(to.parameters()))
            target.copy_(source);
        foreach (Parameter parameter in to.parameters())
            parameter.requires_grad = true;
        to.train();
        return to;
    }
}
