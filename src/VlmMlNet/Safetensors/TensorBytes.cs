using static TorchSharp.torch;

namespace VlmMlNet.Safetensors;

/// <summary>Supplies the next bytes of a tensor: the whole span is filled, or an exception thrown.</summary>
internal delegate void ByteSource(Span<byte> destination);

/// <summary>Moves tensors to and from bytes in pieces, because a span holds at most 2 GB and a second copy of a large
/// tensor is to be avoided.</summary>
internal static unsafe class TensorBytes
{
    private const int ChunkSize = 1 << 24;

    /// <summary>Fills a tensor from the bytes of one of the same shape and maybe another element type.</summary>
    /// <param name="destination">Any shape, device and supported type. A tensor that is not contiguous is filled
    /// through a temporary copy; one of another type or device through a buffer of 16 MB.</param>
    /// <param name="type">The type of the bytes.</param>
    /// <param name="source">The bytes in row-major order.</param>
    /// <param name="describe">The name for the message about bad truth values.</param>
    public static void Read(Tensor destination, ScalarType type, ByteSource source, Func<MalformedInputException> describe)
    {
        if (destination.NumberOfElements == 0)
            return;
        using var noGrad = no_grad();
        if (!destination.is_contiguous())
        {
            using var contiguous = empty(destination.shape, destination.dtype, destination.device);
            Read(contiguous, type, source, describe);
            destination.copy_(contiguous);
            return;
        }
        using var flat = destination.view(-1);
        long count = flat.shape[0];
        int size = SafetensorsDType.Size(type), chunk = ChunkSize / size;
        bool isDirect = destination.device_type == TorchSharp.DeviceType.CPU && destination.dtype == type;
        using var buffer = isDirect ? null : empty([Math.Min(count, chunk)], type, CPU);
        byte* target = Pointer(buffer ?? flat);
        for (long start = 0; start < count; start += chunk)
        {
            int length = (int)Math.Min(chunk, count - start);
            var bytes = new Span<byte>(isDirect ? target + start * size : target, length * size);
            source(bytes);
            if (type == ScalarType.Bool && bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
            {
                bytes.Clear(); // libtorch's behaviour is undefined with such a value in memory
                throw describe();
            }
            if (buffer is null)
                continue;
            using var from = buffer.narrow(0, 0, length);
            using var to = flat.narrow(0, start, length);
            to.copy_(from);
        }
    }

    /// <summary>Writes the bytes of a tensor in row-major order. One that is not contiguous or not in main memory is
    /// copied there for the time of the call.</summary>
    public static void Write(Tensor tensor, Stream stream)
    {
        if (tensor.NumberOfElements == 0)
            return;
        using var noGrad = no_grad();
        using var local = tensor.device_type == TorchSharp.DeviceType.CPU ? null : tensor.cpu();
        using var contiguous = (local ?? tensor).contiguous();
        using var flat = contiguous.view(-1);
        byte* bytes = Pointer(flat);
        long length = flat.shape[0] * SafetensorsDType.Size(flat.dtype);
        for (long start = 0; start < length; start += ChunkSize)
            stream.Write(new ReadOnlySpan<byte>(bytes + start, (int)Math.Min(ChunkSize, length - start)));
    }

    // Native memory, which nothing moves; valid while the tensor lives.
    private static byte* Pointer(Tensor flat)
    {
        using var first = flat.narrow(0, 0, 1);
        fixed (byte* pointer = first.bytes)
            return pointer;
    }
}
