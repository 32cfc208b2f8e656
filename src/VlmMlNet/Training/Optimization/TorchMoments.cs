using TorchSharp;
using TorchSharp.Modules;
using VlmMlNet.Models.Layers;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Optimization;

/// <summary>Moments of the parameter's own type, changed through libtorch: for weights that lie on a GPU or are no float32.</summary>
internal sealed class TorchMoments(Parameter parameter) : Moments
{
    private readonly Tensor _first = zeros_like(parameter).DetachFromDisposeScope(), _second = zeros_like(parameter).DetachFromDisposeScope();

    public override IEnumerable<(string Kind, Tensor Value)> State => [("exp_avg", _first), ("exp_avg_sq", _second)];

    public override void Step(Parameter parameter, Tensor gradient, in AdamWStep step)
    {
        using var scope = NewDisposeScope();
        // Held by the using until the step is done: see LiveScalar.
        using Scalar keepFirst = step.Beta1, takeFirst = 1 - step.Beta1, keepSecond = step.Beta2, takeSecond = 1 - step.Beta2,
            keep = step.Keep, move = step.Move, scale = step.Scale, epsilon = step.Epsilon, factor = step.GradientFactor;
        if (step.GradientFactor != 1)
            gradient = gradient.mul(factor);
        if (step.Keep != 1)
            parameter.mul_(keep);
        _first.mul_(keepFirst).add_(gradient, takeFirst);
        _second.mul_(keepSecond).addcmul_(gradient, gradient, takeSecond);
        parameter.addcdiv_(_first, _second.sqrt().div_(scale).add_(epsilon, LiveScalar.One), move);
    }
}
