using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Backward;

/// <summary>What becomes of gradients: all are kept until the step, or each layer's are applied and freed when they are complete.</summary>
internal abstract class GradientSink
{
    /// <summary>Begins a step.</summary>
    /// <param name="rateFactor">The schedule's factor.</param>
    public abstract void Begin(double rateFactor);

    /// <summary>Takes parameters whose gradients of this batch are complete.</summary>
    public abstract void Leave(IEnumerable<Parameter> parameters);

    /// <summary>Ends the step.</summary>
    /// <param name="isApplied">False to change nothing that is not changed yet.</param>
    /// <param name="accepts">Asked with the norm, and whether it is computed, before anything is changed by it, where that is possible.</param>
    /// <returns>The global norm of the gradients before clipping; NaN where it is not computed.</returns>
    public abstract double End(bool isApplied, Func<double, bool, bool> accepts);

    /// <summary>Whether the last step changed the weights.</summary>
    public bool WasApplied { get; protected set; }

    /// <summary>The sum of the squares.</summary>
    protected static double SquaredNorm(Tensor gradient)
    {
        using var scope = NewDisposeScope();
        double norm = linalg.vector_norm(gradient).to(ScalarType.Float64).item<double>();
        return norm * norm;
    }
}

/// <summary>Keeps all gradients until the step, so that they can be clipped by their global norm.</summary>
internal sealed class KeptGradients(AdamW optimizer, double? limit) : GradientSink
{
    private double _rateFactor;

    public override void Begin(double rateFactor)
    {
        _rateFactor = rateFactor;
        optimizer.ZeroGradients();
    }

    public override void Leave(IEnumerable<Parameter> parameters)
    {
    }

    public override double End(bool isApplied, Func<double, bool, bool> accepts)
    {
        using var unrecorded = no_grad();
        double norm = double.NaN, factor = 1;
        if (limit is { } most)
        {
            norm = Math.Sqrt(optimizer.Gradients.Sum(SquaredNorm));
            factor = Math.Min(1, most / (norm + 1e-6)); // PyTorch's
        }
        WasApplied = isApplied && accepts(norm, limit is not null);
        if (WasApplied)
            optimizer.Step(_rateFactor, factor);
        return norm;
    }
}

/// <summary>Applies each layer's gradients as they come, and frees them.</summary>
/// <remarks>The global norm is known only when the last of them is gone. So they are clipped by the mean norm of the steps before, in
/// which the last ones weigh most, and each by its own norm too, which is never more than the global one.</remarks>
internal sealed class ReleasedGradients(AdamW optimizer, double? limit, TrainingHistory history) : GradientSink
{
    private const double Memory = 0.9;
    private double _rateFactor, _factor, _squares, _running = double.NaN;
    private int _seen; // points of the history that are in the mean

    public override void Begin(double rateFactor)
    {
        (_rateFactor, _squares) = (rateFactor, 0);
        optimizer.StepCount++;
        for (; _seen < history.Points.Count; _seen++)
        {
            if (history.Points[_seen] is { IsSkipped: false, GradientNorm: var norm } && double.IsFinite(norm))
                _running = double.IsNaN(_running) ? norm : Memory * _running + (1 - Memory) * norm;
        }
        _factor = limit is { } most && _running > most ? most / _running : 1;
    }

    public override void Leave(IEnumerable<Parameter> parameters)
    {
        using var unrecorded = no_grad();
        foreach (var parameter in parameters.Where(p => p.requires_grad))
        {
            double factor = _factor;
            using (var gradient = parameter.grad)
            {
                if (gradient is null)
                    continue;
                double squares = limit is null ? 0 : SquaredNorm(gradient);
                _squares += squares;
                if (limit is { } most)
                    factor = Math.Min(factor, most / (Math.Sqrt(squares) + 1e-6));
            }
            optimizer.Change(parameter, _rateFactor, factor);
            parameter.grad = null;
        }
    }

    public override double End(bool isApplied, Func<double, bool, bool> accepts)
    {
        WasApplied = isApplied; // a norm is known too late
        if (!isApplied)
            optimizer.StepCount--;
        return limit is null ? double.NaN : Math.Sqrt(_squares);
    }
}
