using TorchSharp.Modules;
using VlmMlNet.Files;
using VlmMlNet.Models;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Text;
using VlmMlNet.Training.Examples;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Backbones;

/// <summary>Trains an image encoder as SigLIP was: pictures and captions that belong together are told from those that do
/// not, with the sigmoid loss. For models small enough to start from nothing.</summary>
public static class ContrastivePretraining
{
    /// <summary>Trains a new image encoder, pooling head included.</summary>
    /// <param name="config">Its shape; the pooling head is needed.</param>
    /// <param name="tokenizer">For the captions.</param>
    /// <param name="data">Each example's first picture and assistant turns; those without a picture are left out.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="run">Seed, progress, checkpoints, cancellation; null for the defaults.</param>
    /// <param name="device">Where to train. Default CPU.</param>
    /// <returns>The encoder, owned by the caller, and its history.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static (SiglipVisionModel Model, TrainingHistory History) Train(SiglipVisionConfig config, VlmTokenizer tokenizer, TrainingSet data,
        ContrastiveOptions? options = null, TrainingRun? run = null, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new ContrastiveOptions();
        run ??= new TrainingRun();
        options.Check();
        if (!config.UseHead)
            throw new ArgumentException("Contrastive training compares pooled pictures: the vision model needs its head.", nameof(config));

        using var claimed = run.CheckpointFolder is { } folder ? OutputFolder.Claim(folder) : null;
        using var scope = NewDisposeScope();
        var vision = new SiglipVisionModel(config, ScalarType.Float32, device);
        try
        {
            WeightInitializer.Initialize(vision, (ulong)run.Seed);
            using var text = new ContrastiveTextTower(tokenizer.VocabularySize, config.HiddenSize, config.NumAttentionHeads, options.TextLayers, (ulong)run.Seed + 1, device ?? CPU);
            using var optimizer = new AdamW(0.9, 0.95, 1e-8, options.WeightDecay); // SigLIP's second beta
            using var loop = new ContrastiveLoop(vision, text, optimizer, tokenizer, data, options, run);
            var history = loop.Run();
            foreach (Parameter parameter in vision.parameters())
                parameter.requires_grad = false;
            return (vision, history);
        }
        catch
        {
            vision.Dispose();
            throw;
        }
    }
}
