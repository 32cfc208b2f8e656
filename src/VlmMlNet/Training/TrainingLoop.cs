using System.Diagnostics;
using VlmMlNet.Models;
using VlmMlNet.Training.Backward;
using VlmMlNet.Training.Batches;
using VlmMlNet.Training.Examples;
using VlmMlNet.Training.Features;
using VlmMlNet.Training.Watching;
using static TorchSharp.torch;

namespace VlmMlNet.Training;

/// <summary>The state of one running stage.</summary>
internal sealed class TrainingLoop : IDisposable
{
    private const int BatchesAhead = 2;
    private readonly VisionLanguageModel _model;
    private readonly VisionLanguageNetwork _network;
    private readonly TrainableParts _parts;
    private readonly AdamW _optimizer;
    private readonly TrainingStage _stage;
    private readonly TrainingRun _run;
    private readonly BatchReader _reader;
    private readonly TrainingCheckpoint? _checkpoint;
    private readonly TrainingHistory _history = new();
    private readonly GradientSink _gradients;
    private readonly LayeredBackward? _layered;
    private readonly StageObserver _observer;
    private readonly long _totalSteps;
    private readonly Stopwatch _watch = new(), _waiting = new();
    private TimeSpan _before, _lastSave, _waitedBefore;
    private int _epoch;
    private StreamPosition _place;
    private long _step, _firstStep, _skippedBefore;

    public TrainingLoop(VisionLanguageModel previous, TrainableParts parts, AdamW optimizer, TrainingSet data, TrainingStage stage, TrainingRun run, FeatureCache? features)
    {
        (_model, _parts, _optimizer, _stage, _run) = (previous, parts, optimizer, stage, run);
        _network = parts.Join(previous.Network);
        _gradients = stage.GradientRelease ? new ReleasedGradients(optimizer, stage.MaxGradientNorm, _history) : new KeptGradients(optimizer, stage.MaxGradientNorm);
        _layered = stage.ActivationCheckpointing || stage.GradientRelease ? new LayeredBackward(_network, stage.Mask, _gradients.Leave) : null;
        _reader = new BatchReader(previous, data, stage, run, features);
        long perStep = (long)stage.BatchSize * stage.GradientAccumulation;
        long stepsPerEpoch = (data.Count + perStep - 1) / perStep;
        _totalSteps = Math.Min(stepsPerEpoch * stage.Epochs, stage.MaxSteps ?? long.MaxValue);
        _observer = new StageObserver(previous, parts, _network, data, stage, run, _history, _totalSteps);
        if (run.CheckpointFolder is { } folder)
            _checkpoint = new TrainingCheckpoint(CheckpointFile(folder), new CheckpointSettings(stage with { MaxDuration = null }, run, data.Count),
                parts.Named(stage), optimizer, _history, run.Note);
    }

    private TimeSpan Elapsed => _before + _watch.Elapsed;

    /// <summary>The file of a stage's state in its folder.</summary>
    public static string CheckpointFile(string folder) => Path.Combine(folder, "checkpoint.safetensors");

    public TrainingHistory Run()
    {
        _run.CancellationToken.ThrowIfCancellationRequested();
        if (_run.Resume && _checkpoint?.TryLoad() is var (epochReached, place))
        {
            (_epoch, _place, _skippedBefore) = (epochReached, place, _history.Skipped);
            _step = _firstStep = _history.Points.Count;
            (_before, _waitedBefore) = (_history.Duration, _history.Waiting);
        }
        try
        {
            _observer.Begin(Fraction(0));
            _watch.Start();
            for (; _epoch < _stage.Epochs && !IsDone; _epoch++, _place = default)
                RunEpoch();
            if (_step == 0)
                throw new ArgumentException($"Training stage '{_stage.Name}': no example could be trained on; {_reader.Skipped} were skipped.");
            _watch.Stop();
            _observer.End();
        }
        catch (OperationCanceledException)
        {
            Save();
            throw;
        }
        (_history.Duration, _history.Waiting) = (Elapsed, _waitedBefore + _waiting.Elapsed);
        if (_run.KeepsCheckpoint)
            return _history;
        _checkpoint?.Delete();
        _observer.Delete();
        return _history;
    }

    public void Dispose() => _observer.Dispose();

    private bool IsDone => _step >= _totalSteps || Elapsed >= _stage.MaxDuration || _observer.IsOver;

    private void RunEpoch()
    {
        var group = new List<TrainingBatch>(_stage.GradientAccumulation);
        try
        {
            foreach (var batch in Prefetch.Run(_reader.Read(_epoch, _place), BatchesAhead, _waiting))
            {
                group.Add(batch);
                if (group.Count < _stage.GradientAccumulation)
                    continue;
                Step(group);
                if (IsDone)
                    return;
            }
            if (group.Count > 0)
                Step(group);
            _history.Skipped = _skippedBefore + _reader.Skipped; // also behind the last batch
        }
        finally
        {
            Free(group);
        }
    }

    private void Step(List<TrainingBatch> batches)
    {
        _run.CancellationToken.ThrowIfCancellationRequested();
        double factor = LearningRateFactor.At(_stage.Schedule, Fraction(1), _stage.WarmupRatio);
        double loss = Learn(batches, factor, out double norm);
        _step++;
        _history.Add(new TrainingHistory.Point(_step, loss, factor, norm) { IsSkipped = !_gradients.WasApplied });
        _history.Examples += batches.Sum(b => b.Examples);
        _history.Tokens += batches.Sum(b => b.ScoredTokens);
        // The reader is ahead: what counts is what lies before this place.
        (_place, _history.Skipped) = (batches[^1].Next, _skippedBefore + batches[^1].Skipped);
        Free(batches);
        _watch.Stop();
        _observer.Stepped(Fraction(0), Elapsed);
        _watch.Start();
        Report(loss, factor, norm);
        if (_checkpoint is not null && _watch.Elapsed - _lastSave >= _run.CheckpointInterval)
            Save();
    }

    // The mean is over the scored tokens of all the step's batches, so that accumulation equals one large batch.
    private double Learn(List<TrainingBatch> batches, double factor, out double norm)
    {
        using var scope = NewDisposeScope();
        double scored = batches.Sum(b => b.ScoredTokens), total = 0;
        _gradients.Begin(factor);
        foreach (var (i, batch) in batches.Index())
        {
            using var batchScope = NewDisposeScope();
            _parts.BeginBatch(_run.Seed, _step, i);
            batch.EncodeMissing(_network, _model.Device);
            total += _layered is not null
                ? _layered.Run(batch, batch.Pictures?.to(_model.Device), 1 / scored, _observer.Guard.AcceptsLoss)
                : Backward(batch, 1 / scored);
        }
        _parts.EndBatch();
        norm = _gradients.End(_observer.Guard.AcceptsLoss(total), _observer.Guard.AcceptsNorm);
        return total;
    }

    private double Backward(TrainingBatch batch, double factor)
    {
        using var recorded = enable_grad();
        var (sum, _) = _network.NegativeLogLikelihood(batch.Tokens, batch.VisualTokens(_network, _model.Device), _stage.Mask);
        using TorchSharp.Scalar share = factor;
        var mean = sum.mul(share);
        if (mean.requires_grad) // text alone says nothing to a projector that is trained alone
            mean.backward();
        return mean.item<float>();
    }

    // By steps or by time, whichever ends the stage first; with the step that is about to be taken.
    private double Fraction(int ahead)
    {
        double bySteps = Math.Min(1, (_step + ahead) / (double)_totalSteps);
        double byTime = _stage.MaxDuration is { } limit ? Math.Min(1, Elapsed / limit) : 0;
        return Math.Max(bySteps, byTime);
    }

    private void Report(double loss, double factor, double norm)
    {
        if (_run.Progress is null)
            return;
        double fraction = Fraction(0), seconds = _watch.Elapsed.TotalSeconds;
        double perStep = seconds / (_step - _firstStep);
        double bySteps = perStep * (_totalSteps - _step);
        double byTime = _stage.MaxDuration is { } limit ? Math.Max(0, (limit - Elapsed).TotalSeconds) : double.MaxValue;
        _run.Progress(new TrainingProgress
        {
            Stage = _stage.Name,
            Step = _step,
            TotalSteps = _totalSteps,
            Fraction = fraction,
            Examples = _history.Examples,
            Loss = loss,
            RateFactor = factor,
            GradientNorm = norm,
            ExamplesPerSecond = (_step - _firstStep) * (double)_stage.BatchSize * _stage.GradientAccumulation / seconds,
            WaitingShare = _waiting.Elapsed.TotalSeconds / seconds,
            TokensPerSecond = _observer.TokensPerSecond(Elapsed),
            Memory = _observer.Memory,
            Elapsed = Elapsed,
            Remaining = TimeSpan.FromSeconds(Math.Min(bySteps, byTime)),
        });
    }

    private void Save()
    {
        if (_checkpoint is null || _step == 0)
            return;
        (_history.Duration, _history.Waiting) = (Elapsed, _waitedBefore + _waiting.Elapsed);
        _checkpoint.Save(_epoch, _place);
        _lastSave = _watch.Elapsed;
        _observer.Saved();
    }

    private static void Free(List<TrainingBatch> batches)
    {
        foreach (var batch in batches)
            batch.Dispose();
        batches.Clear();
    }
}
