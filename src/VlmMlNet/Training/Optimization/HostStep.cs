using TorchSharp;
using TorchSharp.Modules;
using VlmMlNet.Tensors;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Optimization;

/// <summary>Weights and gradient of a step in main memory: the tensors themselves where they lie there in float32, else copies.</summary>
/// <remarks>Reduced moments lie in main memory always. Weights on a GPU take the way through it: the format saves the GPU's memory,
/// at the price of the transfer.</remarks>
internal sealed unsafe class HostStep : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Parameter _parameter;
    private readonly Tensor _weights;

    public HostStep(Parameter parameter, Tensor gradient)
    {
        (_parameter, _weights) = (parameter, Here(parameter));
        Weights = TensorMemory.Pointer<float>(_weights);
        Gradient = TensorMemory.Pointer<float>(Here(gradient));
    }

    public float* Weights { get; }

    public float* Gradient { get; }

    /// <summary>Writes changed weights back where they are copies.</summary>
    public void Return()
    {
        if (!ReferenceEquals(_weights, _parameter))
            _parameter.copy_(_weights);
    }

    public void Dispose() => _scope.Dispose();

    private static Tensor Here(Tensor tensor) => tensor.device_type == TorchSharp.DeviceType.CPU && tensor.dtype == ScalarType.Float32 && tensor.is_contiguous()
        ? tensor
        : tensor.detach().to(ScalarType.Float32, CPU).contiguous();
}
