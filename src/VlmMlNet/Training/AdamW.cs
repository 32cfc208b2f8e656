using TorchSharp.Modules;
using VlmMlNet.Training.Optimization;
using static TorchSharp.torch;

namespace VlmMlNet.Training;

/// <summary>AdamW (Loshchilov and Hutter, 2019) with a learning rate per group. Its state has names, so that a checkpoint
/// can hold it beside the weights.</summary>
internal sealed class AdamW(double beta1, double beta2, double epsilon, double weightDecay, MomentPrecision precision = MomentPrecision.Float32) : IDisposable
{
    private readonly List<Group> _groups = [];
    private readonly Dictionary<nint, (Slot Slot, Group Group)> _slots = [];

    /// <summary>Steps taken, or begun.</summary>
    public long StepCount { get; set; }

    /// <summary>Parameters with one peak learning rate.</summary>
    /// <param name="prefix">Put before the parameters' names in the state.</param>
    /// <param name="parameters">Names and parameters.</param>
    /// <param name="peakRate">The learning rate at factor 1.</param>
    public void AddGroup(string prefix, IEnumerable<(string Name, Parameter Parameter)> parameters, double peakRate)
    {
        using var unrecorded = no_grad();
        var group = new Group([.. parameters.Select(p => new Slot(prefix + p.Name, p.Parameter, Moments.For(p.Parameter, precision)))], peakRate);
        _groups.Add(group);
        foreach (var slot in group.Slots)
            _slots[slot.Parameter.Handle] = (slot, group);
    }

    /// <summary>Every trained parameter.</summary>
    public IEnumerable<Parameter> Parameters => _groups.SelectMany(g => g.Slots).Select(s => s.Parameter);

    /// <summary>The gradients that there are.</summary>
    public IEnumerable<Tensor> Gradients => Parameters.Select(p => p.grad).OfType<Tensor>();

    /// <summary>The moments by name, for a checkpoint.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State =>
        _groups.SelectMany(g => g.Slots).SelectMany(s => s.Moments.State.Select(m => KeyValuePair.Create($"{m.Kind}.{s.Name}", m.Value)));

    /// <summary>Forgets the gradients.</summary>
    public void ZeroGradients()
    {
        foreach (var parameter in Parameters)
            parameter.grad?.zero_();
    }

    /// <summary>Changes the parameters by their gradients.</summary>
    /// <param name="rateFactor">The schedule's factor on every group's peak rate.</param>
    /// <param name="gradientFactor">What gradients are multiplied with first.</param>
    public void Step(double rateFactor, double gradientFactor = 1)
    {
        StepCount++;
        foreach (var parameter in Parameters)
            Change(parameter, rateFactor, gradientFactor);
    }

    /// <summary>Changes one parameter by its gradient, in the step that <see cref="StepCount"/> counts already.</summary>
    public void Change(Parameter parameter, double rateFactor, double gradientFactor)
    {
        using var unrecorded = no_grad();
        using var gradient = parameter.grad;
        if (gradient is null)
            return; // the pooling head takes no part in captioning
        var (slot, group) = _slots[parameter.Handle];
        double rate = group.PeakRate * rateFactor;
        slot.Moments.Step(parameter, gradient, new AdamWStep(StepCount, beta1, beta2, epsilon,
            Keep: parameter.dim() > 1 ? 1 - rate * weightDecay : 1,
            Move: -rate / (1 - Math.Pow(beta1, StepCount)), Scale: Math.Sqrt(1 - Math.Pow(beta2, StepCount)), gradientFactor));
    }

    public void Dispose()
    {
        foreach (var slot in _groups.SelectMany(g => g.Slots))
            slot.Moments.Dispose();
    }

    private sealed record Group(IReadOnlyList<Slot> Slots, double PeakRate);

    private sealed record Slot(string Name, Parameter Parameter, Moments Moments);
}
