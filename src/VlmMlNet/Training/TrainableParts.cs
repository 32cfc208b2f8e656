using TorchSharp.Modules;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using static TorchSharp.torch;

namespace VlmMlNet.Training;

/// <summary>Copies of the parts that a stage trains; the others stay the previous model's.</summary>
internal sealed class TrainableParts : IDisposable
{
    private TrainableParts(SiglipVisionModel? vision, MlpProjector? projector, Qwen2ForCausalLM? language) =>
        (Vision, Projector, Language) = (vision, projector, language);

    public SiglipVisionModel? Vision { get; private set; }

    public MlpProjector? Projector { get; private set; }

    public Qwen2ForCausalLM? Language { get; private set; }

    /// <summary>Copies what the stage trains.</summary>
    public static TrainableParts CopyOf(VisionLanguageNetwork network, TrainingStage stage)
    {
        var dtype = network.Language.OutputWeight.dtype;
        var device = network.Language.OutputWeight.device;
        return new TrainableParts(
            stage.VisionLearningRate is null ? null : Copy(network.Vision, new SiglipVisionModel(network.Vision.Config, dtype, device)),
            stage.ProjectorLearningRate is null ? null : Copy(network.Projector, new MlpProjector(network.Projector.Config, dtype, device)),
            stage.LanguageLearningRate is null ? null : Copy(network.Language, new Qwen2ForCausalLM(network.Language.Config, dtype, device)));
    }

    /// <summary>The copies with their prefixes in a checkpoint and their peak learning rates.</summary>
    public IEnumerable<(string Prefix, nn.Module Module, double Rate)> Modules(TrainingStage stage)
    {
        if (Vision is not null)
            yield return ("vision_tower.", Vision, stage.VisionLearningRate!.Value);
        if (Projector is not null)
            yield return ("multi_modal_projector.", Projector, stage.ProjectorLearningRate!.Value);
        if (Language is not null)
            yield return ("language_model.", Language, stage.LanguageLearningRate!.Value);
    }

    /// <summary>The network with the copies in their places.</summary>
    public VisionLanguageNetwork Join(VisionLanguageNetwork previous) =>
        new(Vision ?? previous.Vision, Projector ?? previous.Projector, Language ?? previous.Language);

    /// <summary>Hands the copies over to a new model.</summary>
    public VisionLanguageModel IntoModel(VisionLanguageModel previous)
    {
        foreach (var module in new nn.Module?[] { Vision, Projector, Language })
            foreach (var parameter in module?.parameters() ?? [])
                parameter.requires_grad = false;
        var model = previous.With(Vision, Projector, Language);
        (Vision, Projector, Language) = (null, null, null);
        return model;
    }

    public void Dispose()
    {
        Vision?.Dispose();
        Projector?.Dispose();
        Language?.Dispose();
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
