using static TorchSharp.torch;

namespace VlmMlNet.Tensors;

/// <summary>The memory of tensors.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>Where a contiguous tensor in main memory begins; valid while it lives.</summary>
    public static T* Pointer<T>(Tensor tensor) where T : unmanaged
    {
        if (!tensor.is_contiguous() || tensor.device_type != TorchSharp.DeviceType.CPU)
            throw new ArgumentException("The tensor is not contiguous in main memory.", nameof(tensor));
        using var flat = tensor.detach().view(-1);
        using var first = flat.narrow(0, 0, 1);
        fixed (byte* pointer = first.bytes)
            return (T*)pointer;
    }
}
