using System.Diagnostics;

namespace VlmMlNet.Training.Watching;

/// <summary>What a stage writes down while it runs: metrics.jsonl and TensorBoard's files, as far as the run asks for them.</summary>
internal sealed class RunLog : IDisposable
{
    private static readonly TimeSpan s_memoryInterval = TimeSpan.FromSeconds(1);
    private readonly string _stage;
    private readonly TrainingHistory _history;
    private readonly MetricsFile? _metrics;
    private readonly EventFiles? _events;
    private readonly Stopwatch _sinceMemory = Stopwatch.StartNew();
    private readonly long _tokensBefore;
    private readonly TimeSpan _timeBefore;

    /// <param name="run">Names the places.</param>
    /// <param name="stage">The stage's name.</param>
    /// <param name="history">What it has done until now, a loaded checkpoint included.</param>
    public RunLog(TrainingRun run, string stage, TrainingHistory history)
    {
        (_stage, _history, _tokensBefore, _timeBefore) = (stage, history, history.Tokens, history.Duration);
        _metrics = run.MetricsFile is { } path ? MetricsFile.Open(path, stage, history) : null;
        _events = run.TensorBoardFolder is { } folder ? EventFiles.Open(folder, stage, history.Points.Count) : null;
        Memory = Environment.WorkingSet;
    }

    /// <summary>Memory of the process in bytes, measured once a second.</summary>
    public long Memory { get; private set; }

    /// <summary>Scored tokens per second since this process goes on with the stage.</summary>
    public double TokensPerSecond(TimeSpan elapsed) => elapsed > _timeBefore ? (_history.Tokens - _tokensBefore) / (elapsed - _timeBefore).TotalSeconds : 0;

    /// <summary>The history's last step.</summary>
    /// <param name="elapsed">Training time of the stage.</param>
    public void Step(TimeSpan elapsed)
    {
        if (_sinceMemory.Elapsed >= s_memoryInterval)
        {
            Memory = Environment.WorkingSet;
            _sinceMemory.Restart();
        }
        var point = _history.Points[^1];
        double speed = TokensPerSecond(elapsed);
        bool hasTokens = _history.Tokens > 0;
        _metrics?.Add(MetricsFile.Of(_stage, point) with
        {
            Tokens = hasTokens ? _history.Tokens : null,
            Examples = _history.Examples,
            Seconds = Math.Round(elapsed.TotalSeconds, 3),
            TokensPerSecond = hasTokens ? Math.Round(speed, 1) : null,
            Memory = Memory,
        });
        if (_events is null)
            return;
        _events.Add("train/loss", point.Loss, point.Step);
        _events.Add("train/rate_factor", point.RateFactor, point.Step);
        _events.Add("train/gradient_norm", point.GradientNorm, point.Step);
        if (hasTokens)
            _events.Add("train/tokens_per_second", speed, point.Step);
        _events.Add("train/memory_gib", Memory / (double)(1 << 30), point.Step);
    }

    public void Validated(ValidationPoint validation)
    {
        _metrics?.Add(Line(validation.Step) with { ValidationLoss = MetricsLine.Finite(validation.Loss), ValidationScore = validation.Score is { } score ? MetricsLine.Finite(score) : null });
        _events?.Add("validation/loss", validation.Loss, validation.Step);
        _events?.Add("validation/score", validation.Score ?? double.NaN, validation.Step);
    }

    public void Found(TrainingDiagnostic diagnostic) => _metrics?.Add(Line(diagnostic.Step) with { Diagnostic = diagnostic.Kind, Text = diagnostic.Text });

    /// <summary>What was measured at the stage's end.</summary>
    public void Ended()
    {
        if (_history.Grounding is null && _history.TextPerplexity is null && _history.BestStep is null)
            return;
        long step = _history.Points.Count;
        _metrics?.Add(Line(step) with { Grounding = _history.Grounding, TextPerplexityBefore = _history.TextPerplexity?.Before, TextPerplexityAfter = _history.TextPerplexity?.After, BestStep = _history.BestStep });
        _events?.Add("stage/grounding", _history.Grounding ?? double.NaN, step);
        _events?.Add("stage/text_perplexity", _history.TextPerplexity?.After ?? double.NaN, step);
    }

    public void Dispose() => _metrics?.Dispose();

    private MetricsLine Line(long step) => new() { Stage = _stage, Step = step };
}
