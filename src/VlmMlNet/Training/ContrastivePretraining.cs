using System.Diagnostics;
using TorchSharp.Modules;
using VlmMlNet.Imaging;
using VlmMlNet.Models;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Training;

/// <summary>Trains an image encoder as SigLIP was: pictures and captions that belong together are told from those that do
/// not, with the sigmoid loss. For models small enough to start from nothing.</summary>
public static class ContrastivePretraining
{
    /// <summary>Trains a new image encoder, pooling head included.</summary>
    /// <param name="config">Its shape; the pooling head is needed.</param>
    /// <param name="tokenizer">For the captions.</param>
    /// <param name="data">Each example's first picture and assistant turns; those without a picture are left out.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="run">Seed, progress, cancellation; checkpoints are not kept.</param>
    /// <param name="device">Where to train. Default CPU.</param>
    /// <returns>The encoder, owned by the caller, and its history.</returns>
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

        using var scope = NewDisposeScope();
        var vision = new SiglipVisionModel(config, ScalarType.Float32, device);
        try
        {
            WeightInitializer.Initialize(vision, (ulong)run.Seed);
            using var text = new ContrastiveTextTower(tokenizer.VocabularySize, config.HiddenSize, config.NumAttentionHeads, options.TextLayers, (ulong)run.Seed + 1, device ?? CPU);
            var history = Run(vision, text, tokenizer, data, options, run);
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

    private static TrainingHistory Run(SiglipVisionModel vision, ContrastiveTextTower text, VlmTokenizer tokenizer, TrainingSet data, ContrastiveOptions options, TrainingRun run)
    {
        using var optimizer = new AdamW(0.9, 0.95, 1e-8, options.WeightDecay); // SigLIP's second beta
        foreach (var (prefix, module) in new (string, nn.Module)[] { ("vision.", vision), ("text.", text) })
        {
            foreach (Parameter parameter in module.parameters())
                parameter.requires_grad = true;
            optimizer.AddGroup(prefix, module.named_parameters(), options.LearningRate);
        }
        var history = new TrainingHistory();
        var processor = new ImageProcessor(new ImageProcessorConfig { Width = vision.Config.ImageSize, Height = vision.Config.ImageSize });
        long total = Math.Max(1, data.Count / options.BatchSize) * options.Epochs, step = 0;
        var watch = Stopwatch.StartNew();
        for (int epoch = 0; epoch < options.Epochs; epoch++)
            foreach (var batch in Prefetch.Run(ReadBatches(data, tokenizer, processor, options, run, epoch), ahead: 2))
                using (batch)
                {
                    run.CancellationToken.ThrowIfCancellationRequested();
                    double fraction = Math.Max((step + 1) / (double)total, options.MaxDuration is { } limit ? watch.Elapsed / limit : 0);
                    double factor = LearningRateFactor.At(LearningRateSchedule.Cosine, fraction, options.WarmupRatio);
                    var (loss, norm) = Learn(vision, text, optimizer, batch, options.MaxGradientNorm, factor);
                    history.Add(new TrainingHistory.Point(++step, loss, factor, norm));
                    history.Examples += batch.Examples;
                    history.Duration = watch.Elapsed;
                    Report(run, history, total, fraction, options.MaxDuration);
                    if (watch.Elapsed >= options.MaxDuration)
                        return history;
                }
        return history;
    }

    private static (double Loss, double Norm) Learn(SiglipVisionModel vision, ContrastiveTextTower text, AdamW optimizer, TrainingBatch batch, double maxNorm, double factor)
    {
        using var scope = NewDisposeScope();
        using var recorded = enable_grad();
        optimizer.ZeroGradients();
        var pixels = batch.Pictures!.to(text.projection.weight.device);
        var images = nn.functional.normalize(vision.Pool(vision.forward(pixels)));
        var loss = text.Loss(images, text.Encode(batch.Tokens));
        loss.backward();
        double norm = nn.utils.clip_grad_norm_(optimizer.Parameters, maxNorm);
        double value = loss.item<float>();
        if (!double.IsFinite(value))
            throw new InvalidOperationException($"Contrastive training: the loss became {value}. Lower the learning rate.");
        optimizer.Step(factor);
        return (value, norm);
    }

    // Whole batches only: the loss of a rest would weigh fewer negatives.
    private static IEnumerable<TrainingBatch> ReadBatches(TrainingSet data, VlmTokenizer tokenizer, ImageProcessor processor, ContrastiveOptions options, TrainingRun run, int epoch)
    {
        var rows = new List<EncodedConversation>();
        var images = new List<RgbImage>();
        long number = 0;
        foreach (var example in run.Shuffle ? data.ReadShuffled(run.Seed, epoch) : data.Read())
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            number++;
            string caption = string.Join(' ', example.Messages.Where(m => m.Role == "assistant").Select(m => m.Content));
            int[] ids = tokenizer.Encode(caption, allowSpecialTokens: false);
            if (example.Images.Count == 0 || ids.Length == 0)
                continue;
            if (ids.Length > options.MaxTextLength)
                ids = ids[..options.MaxTextLength];
            images.Add(example.Images[0].Decode());
            rows.Add(new EncodedConversation(ids, ids, 0));
            if (rows.Count < options.BatchSize && number < data.Count)
                continue;
            if (rows.Count == options.BatchSize || data.Count < options.BatchSize)
                yield return new TrainingBatch(TokenBatch.Collate(rows, PaddingSide.Right, tokenizer.EndOfTextId, 0), PixelTensor.Create(processor, images), rows.Count, 0, default);
            rows.Clear();
            images.Clear();
        }
    }

    private static void Report(TrainingRun run, TrainingHistory history, long total, double fraction, TimeSpan? limit)
    {
        if (run.Progress is null)
            return;
        var last = history.Points[^1];
        var bySteps = history.Duration / last.Step * (total - last.Step);
        var byTime = limit is { } l ? l - history.Duration : TimeSpan.MaxValue;
        run.Progress(new TrainingProgress
        {
            Stage = "vision: contrastive pre-training",
            Step = last.Step,
            TotalSteps = total,
            Fraction = Math.Min(1, fraction),
            Examples = history.Examples,
            Loss = last.Loss,
            RateFactor = last.RateFactor,
            GradientNorm = last.GradientNorm,
            ExamplesPerSecond = history.Examples / history.Duration.TotalSeconds,
            Elapsed = history.Duration,
            Remaining = bySteps < byTime ? bySteps : byTime < TimeSpan.Zero ? TimeSpan.Zero : byTime,
        });
    }
}
