using TorchSharp;
using TorchSharp.Modules;
using VlmMlNet.Models.Layers;
using static TorchSharp.torch;

namespace VlmMlNet.Training;

/// <summary>AdamW (Loshchilov and Hutter, 2019) with a learning rate per group. Its state has names, so that a checkpoint
/// can hold it beside the weights.</summary>
internal sealed class AdamW : IDisposable
{
    private readonly List<Group> _groups = [];
    private readonly double _beta1, _beta2, _weightDecay;
    private readonly Scalar _keepFirst, _keepSecond, _takeFirst, _takeSecond, _epsilon;
    private long _step;

    public AdamW(double beta1, double beta2, double epsilon, double weightDecay)
    {
        (_beta1, _beta2, _weightDecay, _epsilon) = (beta1, beta2, weightDecay, epsilon);
        (_keepFirst, _takeFirst, _keepSecond, _takeSecond) = (beta1, 1 - beta1, beta2, 1 - beta2);
    }

    /// <summary>Steps taken.</summary>
    public long StepCount
    {
        get => _step;
        set => _step = value;
    }

    /// <summary>Parameters with one peak learning rate.</summary>
    /// <param name="prefix">Put before the parameters' names in the state.</param>
    /// <param name="parameters">Names and parameters.</param>
    /// <param name="peakRate">The learning rate at factor 1.</param>
    public void AddGroup(string prefix, IEnumerable<(string Name, Parameter Parameter)> parameters, double peakRate)
    {
        using var unrecorded = no_grad();
        var slots = parameters.Select(p => new Slot(prefix + p.Name, p.Parameter,
            zeros_like(p.Parameter).DetachFromDisposeScope(), zeros_like(p.Parameter).DetachFromDisposeScope())).ToList();
        _groups.Add(new Group(slots, peakRate));
    }

    /// <summary>Every trained parameter.</summary>
    public IEnumerable<Parameter> Parameters => _groups.SelectMany(g => g.Slots).Select(s => s.Parameter);

    /// <summary>The moments by name, for a checkpoint.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State =>
        _groups.SelectMany(g => g.Slots).SelectMany(s => new[]
        {
            KeyValuePair.Create("exp_avg." + s.Name, s.First),
            KeyValuePair.Create("exp_avg_sq." + s.Name, s.Second),
        });

    /// <summary>Forgets the gradients.</summary>
    public void ZeroGradients()
    {
        foreach (var parameter in Parameters)
            parameter.grad?.zero_();
    }

    /// <summary>Changes the parameters by their gradients.</summary>
    /// <param name="rateFactor">The schedule's factor on every group's peak rate.</param>
    public void Step(double rateFactor)
    {
        using var unrecorded = no_grad();
        _step++;
        double firstCorrection = 1 - Math.Pow(_beta1, _step), secondCorrection = 1 - Math.Pow(_beta2, _step);
        foreach (var group in _groups)
        {
            double rate = group.PeakRate * rateFactor;
            // Held by the using until the group is done: see LiveScalar.
            using Scalar keep = 1 - rate * _weightDecay, move = -rate / firstCorrection, scale = Math.Sqrt(secondCorrection);
            foreach (var (_, parameter, first, second) in group.Slots)
            {
                using var scope = NewDisposeScope();
                var gradient = parameter.grad;
                if (gradient is null)
                    continue; // the pooling head takes no part in captioning
                if (_weightDecay > 0 && parameter.dim() > 1)
                    parameter.mul_(keep);
                first.mul_(_keepFirst).add_(gradient, _takeFirst);
                second.mul_(_keepSecond).addcmul_(gradient, gradient, _takeSecond);
                var denominator = second.sqrt().div_(scale).add_(_epsilon, LiveScalar.One);
                parameter.addcdiv_(first, denominator, move);
            }
        }
    }

    public void Dispose()
    {
        foreach (var slot in _groups.SelectMany(g => g.Slots))
        {
            slot.First.Dispose();
            slot.Second.Dispose();
        }
    }

    private sealed record Group(List<Slot> Slots, double PeakRate);

    private sealed record Slot(string Name, Parameter Parameter, Tensor First, Tensor Second);
}
