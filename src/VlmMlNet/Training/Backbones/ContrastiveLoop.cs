using System.Diagnostics;
using VlmMlNet.Imaging;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Text;
using VlmMlNet.Training.Batches;
using VlmMlNet.Training.Examples;
using VlmMlNet.Training.Watching;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Backbones;

/// <summary>The state of one running contrastive training.</summary>
internal sealed class ContrastiveLoop : IDisposable
{
    private const string StageName = "vision: contrastive pre-training";
    private const int BatchesAhead = 2;
    private const long Augmentations = long.MaxValue; // less the epoch: the random numbers of nothing else
    private readonly SiglipVisionModel _vision;
    private readonly ContrastiveTextTower _text;
    private readonly AdamW _optimizer;
    private readonly VlmTokenizer _tokenizer;
    private readonly ImageProcessor _processor;
    private readonly TrainingSet _data;
    private readonly ContrastiveOptions _options;
    private readonly TrainingRun _run;
    private readonly TrainingCheckpoint? _checkpoint;
    private readonly TrainingHistory _history = new();
    private readonly long _totalSteps;
    private readonly Stopwatch _watch = new(), _waiting = new();
    private TimeSpan _before, _waitedBefore, _lastSave;
    private RunLog? _log;
    private int _epoch;
    private StreamPosition _place;

    public ContrastiveLoop(SiglipVisionModel vision, ContrastiveTextTower text, AdamW optimizer, VlmTokenizer tokenizer, TrainingSet data, ContrastiveOptions options, TrainingRun run)
    {
        (_vision, _text, _optimizer, _tokenizer, _data, _options, _run) = (vision, text, optimizer, tokenizer, data, options, run);
        _processor = new ImageProcessor(new ImageProcessorConfig { Width = vision.Config.ImageSize, Height = vision.Config.ImageSize });
        _totalSteps = Math.Max(1, data.Count / options.BatchSize) * options.Epochs;
        var weights = new List<KeyValuePair<string, Tensor>>();
        foreach (var (prefix, module) in new (string, nn.Module)[] { ("vision.", vision), ("text.", text) })
        {
            foreach (var (name, parameter) in module.named_parameters())
            {
                parameter.requires_grad = true;
                weights.Add(new(prefix + name, parameter));
            }
            optimizer.AddGroup(prefix, module.named_parameters(), options.LearningRate);
        }
        if (run.CheckpointFolder is { } folder)
            _checkpoint = new TrainingCheckpoint(Path.Combine(folder, "contrastive.safetensors"),
                new CheckpointSettings(new { Contrastive = options with { MaxDuration = null }, Vision = vision.Config, tokenizer.VocabularySize }, run, data.Count), weights, optimizer, _history, run.Note);
    }

    private TimeSpan Elapsed => _before + _watch.Elapsed;

    private bool IsOver => _options.MaxDuration is { } limit && Elapsed >= limit && _optimizer.StepCount > 0;

    /// <summary>Trains, from where a checkpoint was. The state of the finished training stays: continued, it is only read.</summary>
    public TrainingHistory Run()
    {
        _run.CancellationToken.ThrowIfCancellationRequested();
        if (_run.Resume && _checkpoint?.TryLoad() is var (epoch, place))
        {
            (_epoch, _place, _before, _waitedBefore) = (epoch, place, _history.Duration, _history.Waiting);
            Report(Math.Max(_optimizer.StepCount / (double)_totalSteps, ByTime));
        }
        _log = new RunLog(_run, StageName, _history);
        _watch.Start();
        try
        {
            for (; _epoch < _options.Epochs && !IsOver; _epoch++, _place = default)
                RunEpoch();
        }
        catch (OperationCanceledException)
        {
            _checkpoint?.Save(_epoch, _place);
            throw;
        }
        _checkpoint?.Save(_epoch, _place);
        return _history;
    }

    public void Dispose() => _log?.Dispose();

    private double ByTime => _options.MaxDuration is { } limit ? Elapsed / limit : 0;

    private void RunEpoch()
    {
        foreach (var batch in Prefetch.Run(ReadBatches(_epoch, _place), BatchesAhead, _waiting))
            using (batch)
            {
                _run.CancellationToken.ThrowIfCancellationRequested();
                double fraction = Math.Max((_optimizer.StepCount + 1) / (double)_totalSteps, ByTime);
                double factor = LearningRateFactor.At(LearningRateSchedule.Cosine, fraction, _options.WarmupRatio);
                var (loss, norm) = Learn(batch, factor);
                _history.Add(new TrainingHistory.Point(_optimizer.StepCount, loss, factor, norm));
                _history.Examples += batch.Examples;
                (_history.Duration, _history.Waiting) = (Elapsed, _waitedBefore + _waiting.Elapsed);
                _log!.Step(Elapsed);
                _place = batch.Next;
                Report(fraction);
                if (IsOver)
                    return;
                if (_watch.Elapsed - _lastSave >= _run.CheckpointInterval)
                {
                    _checkpoint?.Save(_epoch, _place);
                    _lastSave = _watch.Elapsed;
                }
            }
    }

    private (double Loss, double Norm) Learn(TrainingBatch batch, double factor)
    {
        using var scope = NewDisposeScope();
        using var recorded = enable_grad();
        _optimizer.ZeroGradients();
        var pixels = batch.Pictures!.to(_text.projection.weight.device);
        var images = nn.functional.normalize(_vision.Pool(_vision.forward(pixels)));
        var loss = _text.Loss(images, _text.Encode(batch.Tokens));
        loss.backward();
        double norm = nn.utils.clip_grad_norm_(_optimizer.Parameters, _options.MaxGradientNorm);
        double value = loss.item<float>();
        if (!double.IsFinite(value))
            throw new InvalidOperationException($"Contrastive training: the loss became {value}. Lower the learning rate.");
        _optimizer.Step(factor);
        return (value, norm);
    }

    // Whole batches only: the loss of a rest would weigh fewer negatives. Where there is not one, all that is good is a batch.
    private IEnumerable<TrainingBatch> ReadBatches(int epoch, StreamPosition start)
    {
        var rows = new List<EncodedConversation>();
        using var pictures = new BatchPixels(_processor, _run);
        var waiting = new List<(EncodedConversation Row, ImageSource Image)>();
        var place = start;
        bool isPartOfBatch = start == default;
        foreach (var (example, next) in new ExampleStream(_data, _run.Seed, epoch, _run.Shuffle ? ShuffleWindow.Default : null).Read(start))
        {
            _run.CancellationToken.ThrowIfCancellationRequested();
            place = next;
            if (example.Problem is { } problem)
            {
                if (!_run.SkipUnreadableImages)
                    throw problem;
                _run.ExampleSkipped?.Invoke(problem.Message);
                continue;
            }
            string caption = string.Join(' ', example.Messages.Where(m => m.Role == "assistant").Select(m => m.Content));
            int[] ids = _tokenizer.Encode(caption, allowSpecialTokens: false);
            if (example.Images.Count == 0 || ids.Length == 0)
                continue;
            if (ids.Length > _options.MaxTextLength)
                ids = ids[.._options.MaxTextLength];
            var image = example.Images[0];
            if (_options.Augmentation is { } augmentation)
                image = image.With(augmentation, SeededRandom.For(_run.Seed, Augmentations - epoch, next.Example).Next());
            waiting.Add((new EncodedConversation(ids, ids, 0), image));
            if (rows.Count + waiting.Count < _options.BatchSize)
                continue;
            Prepare();
            if (rows.Count < _options.BatchSize) // unreadable pictures were left out, and others take their place
                continue;
            isPartOfBatch = false;
            yield return Batch();
            rows.Clear();
        }
        Prepare();
        if (isPartOfBatch && rows.Count > 0)
            yield return Batch();

        void Prepare()
        {
            bool[] areGood = pictures.Add([.. waiting.Select(w => (ImageSource[])[w.Image])]);
            rows.AddRange(waiting.Where((_, i) => areGood[i]).Select(w => w.Row));
            waiting.Clear();
        }

        TrainingBatch Batch() => new(TokenBatch.Collate(rows, PaddingSide.Right, _tokenizer.EndOfTextId, 0), pictures.Take(), rows.Count, 0, place);
    }

    private void Report(double fraction)
    {
        if (_run.Progress is null || _history.Points.Count == 0)
            return;
        var last = _history.Points[^1];
        var bySteps = _history.Duration / last.Step * (_totalSteps - last.Step);
        var byTime = _options.MaxDuration is { } limit ? limit - _history.Duration : TimeSpan.MaxValue;
        _run.Progress(new TrainingProgress
        {
            Stage = StageName,
            Step = last.Step,
            TotalSteps = _totalSteps,
            Fraction = Math.Min(1, fraction),
            Examples = _history.Examples,
            Loss = last.Loss,
            RateFactor = last.RateFactor,
            GradientNorm = last.GradientNorm,
            ExamplesPerSecond = _history.Examples / _history.Duration.TotalSeconds,
            WaitingShare = _history.WaitingShare,
            Memory = _log?.Memory ?? 0,
            Elapsed = _history.Duration,
            Remaining = bySteps < byTime ? bySteps : byTime < TimeSpan.Zero ? TimeSpan.Zero : byTime,
        });
    }
}
