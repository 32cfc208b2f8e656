using System.Numerics;
using TorchSharp.Modules;
using VlmMlNet.Tensors;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Optimization;

/// <summary>Moments in float32, in main memory.</summary>
/// <remarks>A step is bound by memory: weights, gradient and moments are read once and written once, where a chain of libtorch
/// operations goes through them ten times. Additions and products are rounded one by one, so that all processors and vector
/// widths give the same bits.</remarks>
internal sealed unsafe class FloatMoments(Parameter parameter) : Moments
{
    private readonly Tensor _first = zeros_like(parameter).DetachFromDisposeScope(), _second = zeros_like(parameter).DetachFromDisposeScope();

    public override IEnumerable<(string Kind, Tensor Value)> State => [("exp_avg", _first), ("exp_avg_sq", _second)];

    public override void Step(Parameter parameter, Tensor gradient, in AdamWStep step)
    {
        using var scope = NewDisposeScope();
        var numbers = new FloatStep(step);
        float* weights = TensorMemory.Pointer<float>(parameter), gradients = TensorMemory.Pointer<float>(gradient.contiguous()),
            first = TensorMemory.Pointer<float>(_first), second = TensorMemory.Pointer<float>(_second);
        ElementBlocks.Run(parameter.numel(), (start, end) => numbers.Change(weights + start, gradients + start, first + start, second + start, (int)(end - start)));
    }
}

/// <summary>A step's numbers in float32.</summary>
internal readonly unsafe struct FloatStep(in AdamWStep step)
{
    private readonly float _keepFirst = (float)step.Beta1, _takeFirst = (float)(1 - step.Beta1), _keepSecond = (float)step.Beta2, _takeSecond = (float)(1 - step.Beta2),
        _epsilon = (float)step.Epsilon, _keep = (float)step.Keep, _move = (float)step.Move, _perScale = (float)(1 / step.Scale), _factor = (float)step.GradientFactor;

    /// <summary>Changes weights and moments by a gradient.</summary>
    public void Change(float* weights, float* gradients, float* first, float* second, int count)
    {
        int i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            var gradient = Vector.Load(gradients + i) * _factor;
            var mean = Vector.Load(first + i) * _keepFirst + gradient * _takeFirst;
            var square = Vector.Load(second + i) * _keepSecond + gradient * gradient * _takeSecond;
            mean.Store(first + i);
            square.Store(second + i);
            var moved = mean * _move / (Vector.SquareRoot(square) * _perScale + new Vector<float>(_epsilon));
            (Vector.Load(weights + i) * _keep + moved).Store(weights + i);
        }
        for (; i < count; i++)
        {
            float gradient = gradients[i] * _factor;
            first[i] = first[i] * _keepFirst + gradient * _takeFirst;
            second[i] = second[i] * _keepSecond + gradient * gradient * _takeSecond;
            weights[i] = weights[i] * _keep + first[i] * _move / (MathF.Sqrt(second[i]) * _perScale + _epsilon);
        }
    }
}
