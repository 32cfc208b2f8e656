using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;
using VlmMlNet.Runtime;

namespace VlmMlNet.Safetensors;

/// <summary>A file's bytes in the address space, for reading.</summary>
internal sealed unsafe class MappedBytes : IDisposable
{
    private readonly string _path;
    private readonly SafeFileHandle _handle;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long _length;
    private byte* _data;

    /// <param name="path">The file, for messages.</param>
    /// <param name="handle">Of the file that is mapped; owned from now on.</param>
    /// <param name="view">Owned from now on.</param>
    /// <param name="length">Bytes of the file.</param>
    public MappedBytes(string path, SafeFileHandle handle, MemoryMappedViewAccessor view, long length)
    {
        (_path, _handle, _view, _length) = (path, handle, view, length);
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

    /// <summary>Asks the system for the file's length: touching a page behind the end of a file that was cut ends the process.</summary>
    /// <exception cref="MalformedInputException">The file became shorter.</exception>
    public void CheckLength()
    {
        ObjectDisposedException.ThrowIf(_data is null, this);
        if (RandomAccess.GetLength(_handle) < _length)
            throw BecameShorter(_path);
    }

    /// <summary>The error about a file that was cut while it was open.</summary>
    public static MalformedInputException BecameShorter(string path) =>
        new(path, "it became shorter while it was open", "Write a new file and rename it instead of overwriting one that is in use.");

    public void Dispose()
    {
        if (_data is null)
            return;
        _data = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _handle.Dispose();
    }
}
