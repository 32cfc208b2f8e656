using System.Runtime.InteropServices;
using VlmMlNet.Runtime;

namespace VlmMlNet.Cpu.Weights;

/// <summary>Memory outside the garbage collector's heap, aligned to cache lines. Large buffers ask the system for huge
/// pages, which reading gigabytes per second is faster from.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    public const int Alignment = 64;
    private byte* _data;

    /// <param name="length">Bytes.</param>
    /// <param name="isCleared">Whether it begins as zeros; otherwise with anything. Default true.</param>
    public NativeBuffer(long length, bool isCleared = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        _data = (byte*)NativeMemory.AlignedAlloc(checked((nuint)Math.Max(length, 1)), (nuint)(length >= 2 * HugePages.Length ? HugePages.Length : Alignment));
        HugePages.Ask(_data, length);
        if (isCleared)
            NativeMemory.Clear(_data, (nuint)length);
        GC.AddMemoryPressure(Math.Max(length, 1));
    }

    ~NativeBuffer() => Free();

    public long Length { get; }

    public byte* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(_data is null, this);
            return _data;
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_data is null)
            return;
        NativeMemory.AlignedFree(_data);
        _data = null;
        GC.RemoveMemoryPressure(Math.Max(Length, 1));
    }
}
