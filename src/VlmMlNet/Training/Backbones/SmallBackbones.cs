using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Text;
using VlmMlNet.Training.Examples;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Backbones;

/// <summary>Trains a tokenizer, an image encoder and a language model from nothing, for data and machines on which the
/// published ones are too large. What follows, the four stages, is the same as with those.</summary>
/// <remarks>Where both have a time limit, the language model gets what the image encoder did not need of its own.</remarks>
public static class SmallBackbones
{
    /// <summary>Trains the three and joins them by a new projector: the model that stage 0 starts from.</summary>
    /// <param name="pictures">Pictures with captions, for the image encoder.</param>
    /// <param name="text">Conversations for the tokenizer and the language model, which reads a caption from <paramref name="pictures"/>
    /// in the place of each picture.</param>
    /// <param name="options">Shapes and training; null for the defaults.</param>
    /// <param name="run">Seed, progress, checkpoints, cancellation; null for the defaults. A continued run finds the image encoder
    /// as it was left, finished or not; its file <c>contrastive.safetensors</c> stays in the checkpoint folder.</param>
    /// <param name="device">Where to train. Default CPU.</param>
    /// <returns>The model, owned by the caller, and the histories of the image encoder and the language model.</returns>
    public static (VisionLanguageModel Model, TrainingHistory Vision, TrainingHistory Language) Train(TrainingSet pictures, TrainingSet text,
        SmallBackboneOptions? options = null, TrainingRun? run = null, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentNullException.ThrowIfNull(text);
        options ??= new SmallBackboneOptions();
        run ??= new TrainingRun();

        var tokenizer = new BpeTrainer { VocabularySize = options.VocabularySize }
            .Train(text.Read().SelectMany(e => e.Messages).Select(m => ImagePlaceholder.Remove(m.Content)), cancellationToken: run.CancellationToken);
        var (vision, visionHistory) = ContrastivePretraining.Train(options.Vision, tokenizer, pictures, options.Contrastive, run, device);
        var language = new Qwen2ForCausalLM(options.Language with { VocabSize = tokenizer.VocabularySize, Generation = GenerationSettings.Of(tokenizer) }, ScalarType.Float32, device);
        WeightInitializer.Initialize(language, (ulong)run.Seed + 2);
        using var untrained = VisionLanguageModel.FromBackbones(vision, language, tokenizer, options.ProjectorHiddenSize, systemPrompt: null, (ulong)run.Seed + 3);
        var textOnly = text.Select(new PictureDescriptions(pictures).InPlaceOfPictures);
        var stage = options.LanguageStage;
        if (stage.MaxDuration is { } time && options.Contrastive.MaxDuration is { } visionTime && visionTime > visionHistory.Duration)
            stage = stage with { MaxDuration = time + visionTime - visionHistory.Duration };
        var trained = StageTrainer.Train(untrained, textOnly, stage, run with { ValidationData = null, Validation = new(), KeptText = null });
        return (trained.Model, visionHistory, trained.History);
    }
}
