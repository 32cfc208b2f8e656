namespace VlmMlNet.Training;

/// <summary>What happened in a training run.</summary>
public sealed class TrainingHistory
{
    private readonly List<Point> _points = [];

    /// <summary>One optimizer step.</summary>
    /// <param name="Step">Its number, from 1.</param>
    /// <param name="Loss">Mean negative log-likelihood per scored token, in nats.</param>
    /// <param name="RateFactor">The schedule's factor on the peak learning rates.</param>
    /// <param name="GradientNorm">Global gradient norm before clipping; NaN without clipping.</param>
    public readonly record struct Point(long Step, double Loss, double RateFactor, double GradientNorm);

    /// <summary>Every step in order.</summary>
    public IReadOnlyList<Point> Points => _points;

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
}
