using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Optimization;

/// <summary>The two moments of one parameter.</summary>
internal abstract class Moments : IDisposable
{
    /// <summary>What belongs into a checkpoint, by the name of its kind.</summary>
    public abstract IEnumerable<(string Kind, Tensor Value)> State { get; }

    /// <summary>Changes the moments by a gradient, and the parameter by the moments.</summary>
    /// <param name="parameter">The weights.</param>
    /// <param name="gradient">Of the same shape.</param>
    /// <param name="step">The step's numbers; weights that do not decay have <see cref="AdamWStep.Keep"/> 1.</param>
    public abstract void Step(Parameter parameter, Tensor gradient, in AdamWStep step);

    /// <summary>Moments of zero.</summary>
    /// <param name="parameter">The parameter that they belong to.</param>
    /// <param name="precision">How they are kept.</param>
    public static Moments For(Parameter parameter, MomentPrecision precision)
    {
        bool fits = parameter.device_type == TorchSharp.DeviceType.CPU && parameter.dtype == ScalarType.Float32 && parameter.is_contiguous();
        return precision switch
        {
            MomentPrecision.Int8 when parameter.dim() > 1 && parameter.numel() >= ByteMoments.SmallestMatrix => new ByteMoments(parameter),
            MomentPrecision.BFloat16 => new BFloat16Moments(parameter),
            _ => fits ? new FloatMoments(parameter) : new TorchMoments(parameter),
        };
    }

    public void Dispose()
    {
        foreach (var (_, value) in State)
            value.Dispose();
    }
}
