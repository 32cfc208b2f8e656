namespace VlmMlNet.Training;

/// <summary>What happened in a training run.</summary>
public sealed class TrainingHistory
{
    private readonly List<Point> _points = [];
    private readonly List<ValidationPoint> _validations = [];
    private readonly List<TrainingDiagnostic> _diagnostics = [];

    /// <summary>One optimizer step.</summary>
    /// <param name="Step">Its number, from 1.</param>
    /// <param name="Loss">Mean negative log-likelihood per scored token, in nats.</param>
    /// <param name="RateFactor">The schedule's factor on the peak learning rates.</param>
    /// <param name="GradientNorm">Global gradient norm before clipping; NaN without clipping.</param>
    public readonly record struct Point(long Step, double Loss, double RateFactor, double GradientNorm)
    {
        /// <summary>Whether the weights were left as they were, because loss or gradient was not finite or had exploded.</summary>
        public bool IsSkipped { get; init; }
    }

    /// <summary>Every step in order.</summary>
    public IReadOnlyList<Point> Points => _points;

    /// <summary>The validations in order; none without validation data.</summary>
    public IReadOnlyList<ValidationPoint> Validations => _validations;

    /// <summary>What went wrong, each kind once, in the order in which it was found.</summary>
    public IReadOnlyList<TrainingDiagnostic> Diagnostics => _diagnostics;

    /// <summary>The step whose weights the result has, where the best are kept; null where it has the last ones.</summary>
    public long? BestStep { get; internal set; }

    /// <summary>Loss of a sample's answers with another picture less that with their own, per token, at the stage's end: how much is
    /// seen. Null where it was not measured.</summary>
    public double? Grounding { get; internal set; }

    /// <summary>Perplexity of the language model on the text kept aside, before the stage and after it; null where it was not measured.</summary>
    public (double Before, double After)? TextPerplexity { get; internal set; }

    /// <summary>Examples trained on.</summary>
    public long Examples { get; internal set; }

    /// <summary>Scored tokens trained on.</summary>
    public long Tokens { get; internal set; }

    /// <summary>Examples left out: nothing to score within the length, or an unreadable picture where skipping was asked for.</summary>
    public long Skipped { get; internal set; }

    /// <summary>Time that training took.</summary>
    public TimeSpan Duration { get; internal set; }

    /// <summary>How much of it training waited for batches to be read.</summary>
    public TimeSpan Waiting { get; internal set; }

    /// <summary>That as a share, 0 to 1.</summary>
    public double WaitingShare => Duration > TimeSpan.Zero ? Waiting / Duration : 0;

    internal void Add(Point point) => _points.Add(point);

    internal void Add(ValidationPoint validation) => _validations.Add(validation);

    /// <summary>Keeps a finding, unless there is one of its kind.</summary>
    /// <returns>Whether it is new.</returns>
    internal bool Add(TrainingDiagnostic diagnostic)
    {
        if (_diagnostics.Exists(d => d.Kind == diagnostic.Kind))
            return false;
        _diagnostics.Add(diagnostic);
        return true;
    }
}
