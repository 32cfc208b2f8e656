using VlmMlNet.Models;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Training.Watching;

/// <summary>Validates a stage while it runs, knows the best of its states, and when it does not get better any more. All that it
/// decides follows from the history, so that a continued run decides the same.</summary>
internal sealed class StageValidator(VisionLanguageModel model, TrainableParts parts, TrainingRun run, TrainingHistory history, LossProbe probe)
{
    private readonly ValidationOptions _options = run.Validation;
    private readonly TrainingSet _data = run.Validation.Limit is { } limit ? run.ValidationData!.Take(limit) : run.ValidationData!;

    /// <summary>The best validation until now; the first of equals.</summary>
    public ValidationPoint? Best => history.Validations.Count == 0 ? null : history.Validations.Aggregate((best, next) => IsBetter(next, best) ? next : best);

    /// <summary>Whether so many validations in a row were no better than the best that the stage is to end.</summary>
    public bool IsOver => _options.Patience is { } patience && Best is { } best && history.Validations.Count(v => v.Step > best.Step) >= patience;

    /// <summary>Whether it is time.</summary>
    /// <param name="step">Steps taken.</param>
    /// <param name="fraction">Share of the stage that is done.</param>
    public bool IsDue(long step, double fraction) => step > 0 && (history.Validations.Count == 0 || history.Validations[^1].Step < step)
        && (_options.EverySteps is { } every ? step % every == 0 : Math.Floor(fraction / _options.Share + 1e-9) > history.Validations.Count);

    /// <summary>Validates the network as it is now.</summary>
    public ValidationPoint Validate(VisionLanguageNetwork network, long step)
    {
        double loss = probe.Mean(network, _data);
        double? score = null;
        if (run.ValidationScore is { } measure)
        {
            // A copy: what serves a model for generating is made of its weights once, and these go on changing.
            using var copy = parts.CopyInto(model);
            score = measure(copy);
        }
        var point = new ValidationPoint { Step = step, Loss = loss, Score = score };
        history.Add(point);
        return point;
    }

    private bool IsBetter(ValidationPoint one, ValidationPoint other) => _options.Measure == ValidationMeasure.Score
        ? (one.Score ?? double.NegativeInfinity) > (other.Score ?? double.NegativeInfinity)
        : (double.IsNaN(one.Loss) ? double.PositiveInfinity : one.Loss) < (double.IsNaN(other.Loss) ? double.PositiveInfinity : other.Loss);
}
