using TorchSharp;
using TorchSharp.Modules;
using VlmMlNet.Tensors;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Optimization;

/// <summary>What a step in main memory works on: the tensors themselves where they lie there as they are needed, else copies.</summary>
/// <remarks>Reduced moments of weights on a GPU take the way through main memory: the format saves memory there, at the price of
/// the transfer.</remarks>
internal sealed unsafe class HostStep : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _weights;
    private readonly (Tensor Host, Tensor Own)[] _returned;

    public HostStep(Parameter parameter, Tensor gradient, Tensor first, Tensor second)
    {
        _weights = Here(parameter, ScalarType.Float32);
        (First, Second) = (Here(first, first.dtype), Here(second, second.dtype));
        Weights = TensorMemory.Pointer<float>(_weights);
        Gradient = TensorMemory.Pointer<float>(Here(gradient, ScalarType.Float32));
        _returned = [(_weights, parameter), (First, first), (Second, second)];
    }

    public float* Weights { get; }

    public float* Gradient { get; }

    /// <summary>The first moment in its own type, in main memory.</summary>
    public Tensor First { get; }

    /// <summary>The second moment in its own type, in main memory.</summary>
    public Tensor Second { get; }

    /// <summary>Writes what was copied back.</summary>
    public void Return()
    {
        foreach (var (host, own) in _returned)
            if (!ReferenceEquals(host, own))
                own.copy_(host);
    }

    public void Dispose() => _scope.Dispose();

    private static Tensor Here(Tensor tensor, ScalarType type) =>
        tensor.device_type == TorchSharp.DeviceType.CPU && tensor.dtype == type && tensor.is_contiguous() ? tensor : tensor.detach().to(type, CPU).contiguous();
}
