using static TorchSharp.torch;

namespace VlmMlNet.Parts;

/// <summary>A module that several models hold: it is disposed with the last of them. Forward passes take turns.</summary>
internal sealed class SharedModule<TModule> where TModule : nn.Module
{
    private readonly Lock _gate = new();
    private readonly TModule _module;
    private IDisposable? _companion;
    private int _holders = 1;

    /// <summary>Takes the module over; the creator is its first holder.</summary>
    /// <param name="module">The module.</param>
    /// <param name="companion">See <see cref="Companion"/>; null where none was made yet.</param>
    public SharedModule(TModule module, IDisposable? companion = null)
    {
        (_module, _companion) = (module, companion);
        module.eval();
    }

    /// <summary>The module.</summary>
    /// <exception cref="ObjectDisposedException">No model holds it any more.</exception>
    public TModule Module
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _holders) == 0, typeof(TModule));
            return _module;
        }
    }

    /// <summary>Adds a holder.</summary>
    public SharedModule<TModule> Hold()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_holders == 0, typeof(TModule));
            _holders++;
        }
        return this;
    }

    /// <summary>Removes a holder.</summary>
    public void Release()
    {
        lock (_gate)
            if (--_holders == 0)
            {
                _companion?.Dispose();
                _module.Dispose();
            }
    }

    /// <summary>What serves the module in a way of its own: made of it at the first call, shared by its holders and disposed with it.</summary>
    /// <exception cref="ObjectDisposedException">No model holds the module any more.</exception>
    public TCompanion Companion<TCompanion>(Func<TModule, TCompanion> create) where TCompanion : class, IDisposable
    {
        lock (_gate)
            return (TCompanion)(_companion ??= create(Module));
    }

    /// <summary>Runs a forward pass. Passes of several threads take turns, and the module is not freed in the middle of one.</summary>
    /// <exception cref="ObjectDisposedException">No model holds it any more.</exception>
    public TResult Run<TResult>(Func<TModule, TResult> forward)
    {
        lock (_gate)
            return forward(Module);
    }
}
