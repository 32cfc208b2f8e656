using System.IO.MemoryMappedFiles;
using VlmMlNet.Runtime;

namespace VlmMlNet.Weights;

/// <summary>A file's bytes in the address space, for reading.</summary>
internal sealed unsafe class MappedBytes : IDisposable
{
    private readonly MemoryMappedViewAccessor _view;
    private byte* _data;

    public MappedBytes(MemoryMappedViewAccessor view)
    {
        _view = view;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref _data);
        _data += view.PointerOffset;
        HugePages.Ask(_data, view.Capacity);
    }

    /// <summary>The first byte of the file.</summary>
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
        if (_data is null)
            return;
        _data = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
    }
}
