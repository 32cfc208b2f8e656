using System.Globalization;

namespace VlmMlNet.Training;

/// <summary>Where a training run stands after a step.</summary>
public sealed record TrainingProgress
{
    /// <summary>Name of the stage.</summary>
    public required string Stage { get; init; }

    /// <summary>Optimizer steps done.</summary>
    public required long Step { get; init; }

    /// <summary>Optimizer steps planned.</summary>
    public required long TotalSteps { get; init; }

    /// <summary>Share of the stage that is done, 0 to 1, by steps or by time, whichever ends it first.</summary>
    public required double Fraction { get; init; }

    /// <summary>Examples trained on so far, in all epochs.</summary>
    public required long Examples { get; init; }

    /// <summary>Mean negative log-likelihood per scored token of this step, in nats.</summary>
    public required double Loss { get; init; }

    /// <summary>Factor of the schedule on the peak learning rates in this step.</summary>
    public required double RateFactor { get; init; }

    /// <summary>Global norm of the gradients before clipping; NaN without clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Examples per second of this run.</summary>
    public required double ExamplesPerSecond { get; init; }

    /// <summary>Share of this run's time in which training waited for the next batch to be read: above some hundredths, reading and
    /// decoding are what limits its speed.</summary>
    public double WaitingShare { get; init; }

    /// <summary>Scored tokens per second of this run; 0 where no tokens are scored.</summary>
    public double TokensPerSecond { get; init; }

    /// <summary>Memory of the process in bytes, graphics memory not included.</summary>
    public long Memory { get; init; }

    /// <summary>Time since the run began.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Estimated time to the end of the stage.</summary>
    public required TimeSpan Remaining { get; init; }

    /// <summary>One line for a log.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Stage}: step {Step}/{TotalSteps}, loss {Loss:F4}, rate x{RateFactor:F3}, {Speed}, {Memory / (double)(1 << 30):F1} GiB, {Left} left");

    /// <summary>How fast it goes, in words.</summary>
    internal string Speed => string.Create(CultureInfo.InvariantCulture, $"{ExamplesPerSecond:F1} examples/s{(TokensPerSecond > 0 ? $", {TokensPerSecond:F0} tokens/s" : "")}");

    /// <summary>The time that is left, in words.</summary>
    internal string Left => Remaining.TotalDays >= 1 ? Remaining.ToString("d\\.hh\\:mm\\:ss", CultureInfo.InvariantCulture) : Remaining.ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture);
}
