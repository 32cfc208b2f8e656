using static TorchSharp.torch;

namespace VlmMlNet.Parts;

/// <summary>A part of a model that several models hold: it is freed with the last of them. Its weights are a TorchSharp module's, or they
/// are reduced: held by the CPU engine, which only runs them.</summary>
internal abstract class ModelPart
{
    private readonly Lock _gate = new();
    private int _holders = 1; // the creator

    /// <summary>The precision of reduced weights; null where a module has them.</summary>
    public abstract WeightPrecision? ReducedPrecision { get; }

    /// <summary>Type of the module's weights; of reduced ones float32, which is what the engine computes with.</summary>
    public abstract ScalarType WeightType { get; }

    /// <summary>Where the part takes its input.</summary>
    public abstract Device Device { get; }

    /// <summary>How many weights it has; tied ones count once.</summary>
    public abstract long ParameterCount { get; }

    /// <summary>Gives the weights to somebody who keeps them.</summary>
    public abstract void Save(IWeightTarget target);

    /// <summary>Adds a holder.</summary>
    /// <exception cref="ObjectDisposedException">No model holds it any more.</exception>
    public void Hold()
    {
        lock (_gate)
        {
            CheckHeld();
            _holders++;
        }
    }

    /// <summary>Removes a holder; the last one frees the memory.</summary>
    public void Release()
    {
        lock (_gate)
            if (--_holders == 0)
                Free();
    }

    /// <summary>Runs a forward pass. Passes of several threads take turns, and the part is not freed in the middle of one.</summary>
    /// <exception cref="ObjectDisposedException">No model holds it any more.</exception>
    public TResult Run<TResult>(Func<TResult> pass)
    {
        lock (_gate)
        {
            CheckHeld();
            return pass();
        }
    }

    /// <summary>Frees the memory.</summary>
    protected abstract void Free();

    protected void CheckHeld() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _holders) == 0, this);
}
