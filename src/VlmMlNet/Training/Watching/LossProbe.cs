using VlmMlNet.Models;
using VlmMlNet.Training.Batches;
using VlmMlNet.Training.Examples;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Watching;

/// <summary>The loss of examples that are not trained on, as the stage computes it: same mask, same hidden tokens each time. What
/// cannot be read is left out: training does not end for it.</summary>
/// <param name="model">The model with its tokenizer and picture processing.</param>
/// <param name="stage">What the loss is of.</param>
/// <param name="run">Seed and cancellation.</param>
internal sealed class LossProbe(VisionLanguageModel model, TrainingStage stage, TrainingRun run)
{
    /// <summary>Mean negative log-likelihood per scored token, in nats; NaN where nothing is scored.</summary>
    /// <param name="network">Its weights.</param>
    /// <param name="data">The examples.</param>
    public double Mean(VisionLanguageNetwork network, TrainingSet data)
    {
        var reader = new BatchReader(model, data, stage with { Augmentation = null }, run with { Shuffle = false, ExampleSkipped = null, SkipUnreadableImages = true });
        using var unrecorded = no_grad();
        double sum = 0;
        long scored = 0;
        foreach (var batch in reader.Read(epoch: 0))
            using (batch)
            {
                using var scope = NewDisposeScope();
                var (loss, count) = network.NegativeLogLikelihood(batch.Tokens, batch.VisualTokens(network, model.Device), stage.Mask);
                sum += loss.to(ScalarType.Float64).item<double>();
                scored += count;
            }
        return scored > 0 ? sum / scored : double.NaN;
    }
}
