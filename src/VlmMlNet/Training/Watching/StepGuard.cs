using System.Globalization;

namespace VlmMlNet.Training.Watching;

/// <summary>Tells steps that would harm the weights: their loss or gradient is not finite, or has exploded. They are skipped and
/// counted; where they do not end, training does.</summary>
/// <remarks>A loss has exploded that is twice that of a blind guess, once it was below one. A gradient has exploded that is a thousand
/// times the median of those before it.</remarks>
internal sealed class StepGuard
{
    private const int Remembered = 50, Needed = 20, MostInRow = 10, Recent = 100, MostOfRecent = 25;
    private const double Explosion = 1000;
    private readonly TrainingStage _stage;
    private readonly TrainingHistory _history;
    private readonly double _blind;
    private readonly Queue<double> _norms = [];
    private readonly Queue<bool> _recent = [];
    private bool _wasBelowBlind;
    private int _inRow;

    /// <param name="stage">The stage.</param>
    /// <param name="vocabularySize">What a blind guess is made from.</param>
    /// <param name="history">Where skipped steps are told.</param>
    public StepGuard(TrainingStage stage, int vocabularySize, TrainingHistory history) =>
        (_stage, _blind, _history) = (stage, Math.Log(vocabularySize), history);

    /// <summary>Remembers the steps of a run that is continued.</summary>
    public void Begin()
    {
        foreach (var point in _history.Points)
            Remember(point);
    }

    /// <summary>Whether a loss may be learned from.</summary>
    public bool AcceptsLoss(double loss) => double.IsFinite(loss) && !(_wasBelowBlind && loss > 2 * _blind);

    /// <summary>Whether a gradient may be.</summary>
    /// <param name="norm">Its global norm; NaN where it is not computed.</param>
    /// <param name="isComputed">Whether it is.</param>
    public bool AcceptsNorm(double norm, bool isComputed) => !isComputed
        || double.IsFinite(norm) && !(_norms.Count >= Needed && norm > Explosion * Math.Max(Median(), double.Epsilon));

    /// <summary>Takes a step's outcome.</summary>
    /// <param name="point">The step.</param>
    /// <returns>What to tell of it; null where it is good.</returns>
    /// <exception cref="InvalidOperationException">Too many steps were skipped.</exception>
    public TrainingDiagnostic? Take(TrainingHistory.Point point)
    {
        Remember(point);
        if (!point.IsSkipped)
            return null;
        string found = !double.IsFinite(point.Loss) || double.IsNaN(point.GradientNorm) || AcceptsLoss(point.Loss) is false
            ? string.Create(CultureInfo.InvariantCulture, $"the loss became {point.Loss:G4}") : string.Create(CultureInfo.InvariantCulture, $"the gradient's norm became {point.GradientNorm:G4}");
        const string remedy = "Lower the learning rates, set MaxGradientNorm, or look for damaged examples near it";
        if (_inRow >= MostInRow)
            throw new InvalidOperationException($"Training stage '{_stage.Name}': {found} at step {point.Step}, the last of {_inRow} steps in a row that had to be skipped. {remedy}.");
        if (_recent.Count(skipped => skipped) > MostOfRecent)
            throw new InvalidOperationException($"Training stage '{_stage.Name}': {found} at step {point.Step}, and more than {MostOfRecent} of the last {Recent} steps had to be skipped. {remedy}.");
        return new TrainingDiagnostic
        {
            Kind = TrainingDiagnosticKind.SkippedSteps,
            Step = point.Step,
            Text = $"{_stage.Name}: at step {point.Step} {found}: the step is skipped. Such steps are counted, and training stops after {MostInRow} of them in a row or {MostOfRecent} among {Recent}. {remedy}.",
        };
    }

    private void Remember(TrainingHistory.Point point)
    {
        Enqueue(_recent, point.IsSkipped, Recent);
        _inRow = point.IsSkipped ? _inRow + 1 : 0;
        if (point.IsSkipped)
            return;
        _wasBelowBlind |= point.Loss < _blind;
        if (double.IsFinite(point.GradientNorm))
            Enqueue(_norms, point.GradientNorm, Remembered);
    }

    private static void Enqueue<T>(Queue<T> queue, T value, int most)
    {
        queue.Enqueue(value);
        if (queue.Count > most)
            queue.Dequeue();
    }

    private double Median() => _norms.Order().ElementAt(_norms.Count / 2);
}
