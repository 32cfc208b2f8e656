using static TorchSharp.torch;

namespace VlmMlNet.Models;

/// <summary>A module that several models hold: it is disposed with the last of them. Forward passes take turns.</summary>
internal sealed class SharedModule<TModule> where TModule : nn.Module
{
    private readonly Lock _gate = new();
    private readonly TModule _module;
    private int _holders = 1;

    /// <summary>Takes the module over; the creator is its first holder.</summary>
    public SharedModule(TModule module)
    {
        _module = module;
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
                _module.Dispose();
    }

    /// <summary>Runs a forward pass. Passes of several threads take turns, and the module is not freed in the middle of one.</summary>
    /// <exception cref="ObjectDisposedException">No model holds it any more.</exception>
    public TResult Run<TResult>(Func<TModule, TResult> forward)
    {
        lock (_gate)
            return forward(Module);
    }
}
