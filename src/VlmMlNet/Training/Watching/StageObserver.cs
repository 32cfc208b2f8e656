using VlmMlNet.Models;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Training.Watching;

/// <summary>Stands beside the training loop, is told of its steps, and does all that is no training: writes down, validates, keeps
/// the best weights, and says what goes wrong.</summary>
internal sealed class StageObserver : IDisposable
{
    private readonly VisionLanguageModel _previous;
    private readonly VisionLanguageNetwork _network;
    private readonly TrainingSet _data;
    private readonly TrainingStage _stage;
    private readonly TrainingRun _run;
    private readonly TrainingHistory _history;
    private readonly LossProbe _probe;
    private readonly LossCourse _course;
    private readonly StageValidator? _validator;
    private readonly BestWeights? _best;
    private RunLog? _log;

    public StageObserver(VisionLanguageModel previous, TrainableParts parts, VisionLanguageNetwork network, TrainingSet data, TrainingStage stage, TrainingRun run, TrainingHistory history, long totalSteps)
    {
        (_previous, _network, _data, _stage, _run, _history) = (previous, network, data, stage, run, history);
        _probe = new LossProbe(previous, stage, run);
        _course = new LossCourse(stage, history, totalSteps);
        Guard = new StepGuard(stage, network.Language.Config.VocabSize, history);
        if (run.ValidationData is null)
            return;
        _validator = new StageValidator(previous, parts, run, history, _probe);
        if (run.Validation.KeepBest)
            _best = new BestWeights(run.CheckpointFolder, parts.Named(stage));
    }

    /// <summary>Which steps are skipped.</summary>
    public StepGuard Guard { get; }

    /// <summary>Whether the stage is to end, because it does not get better.</summary>
    public bool IsOver => _validator?.IsOver == true;

    /// <summary>Memory of the process in bytes.</summary>
    public long Memory => _log?.Memory ?? 0;

    /// <summary>Scored tokens per second.</summary>
    public double TokensPerSecond(TimeSpan elapsed) => _log?.TokensPerSecond(elapsed) ?? 0;

    /// <summary>Begins, or goes on: then the history is that of the checkpoint.</summary>
    /// <param name="fraction">Share of the stage that is done.</param>
    public void Begin(double fraction)
    {
        Guard.Begin();
        _log = new RunLog(_run, _stage.Name, _history);
        // A run may have been ended between a step and its validation.
        Validate(fraction);
    }

    /// <summary>After a step, which is the history's last.</summary>
    /// <param name="fraction">Share of the stage that is done.</param>
    /// <param name="elapsed">Training time of the stage.</param>
    public void Stepped(double fraction, TimeSpan elapsed)
    {
        _log!.Step(elapsed);
        if (Guard.Take(_history.Points[^1]) is { } harm)
            Tell(harm);
        foreach (var found in _course.Look())
            Tell(found);
        Validate(fraction);
    }

    /// <summary>After a checkpoint was written.</summary>
    public void Saved() => _best?.Saved(_validator?.Best?.Step);

    /// <summary>After the last step: the result's weights are those of the best validation where they are kept.</summary>
    public void End()
    {
        long last = _history.Points[^1].Step;
        if (_validator is not null && (_history.Validations.Count == 0 || _history.Validations[^1].Step < last))
            Validate(last);
        if (_best is not null && _validator!.Best is { } best)
        {
            _history.BestStep = best.Step;
            if (best.Step < last)
                _best.Restore(best.Step);
        }
        if (_run.Diagnoses)
            Diagnose(last);
        _log!.Ended();
    }

    /// <summary>Removes what only the run itself needed.</summary>
    public void Delete() => _best?.Delete();

    public void Dispose()
    {
        _log?.Dispose();
        _best?.Dispose();
    }

    private void Validate(double fraction)
    {
        long step = _history.Points.Count;
        if (_validator?.IsDue(step, fraction) == true)
            Validate(step);
    }

    private void Validate(long step)
    {
        var point = _validator!.Validate(_network, step);
        if (_best is not null && _validator.Best == point)
            _best.Keep(step);
        _log!.Validated(point);
        _run.Validated?.Invoke(point);
    }

    private void Diagnose(long last)
    {
        if (_run.KeptText is { } text && _stage.LanguageLearningRate is not null)
        {
            double before = KeptText.Perplexity(_probe, _previous.Network, text), after = KeptText.Perplexity(_probe, _network, text);
            _history.TextPerplexity = (before, after);
            if (KeptText.Compare(_stage, last, before, after) is { } forgotten)
                Tell(forgotten);
        }
        if (new Grounding(_probe, _stage, _run).Measure(_network, _run.ValidationData ?? _data) is not var (gap, kind, words))
            return;
        _history.Grounding = gap;
        if (kind is { } found)
            Tell(new TrainingDiagnostic { Kind = found, Step = last, Text = words });
    }

    private void Tell(TrainingDiagnostic diagnostic)
    {
        if (!_history.Add(diagnostic))
            return;
        _log!.Found(diagnostic);
        _run.Diagnosed?.Invoke(diagnostic);
    }
}
