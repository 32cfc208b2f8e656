using System.IO.MemoryMappedFiles;

namespace VlmMlNet.Cpu.Kernels.Emitted;

/// <summary>Machine code that was written at run time. It is written through one mapping and run through another, so that no
/// memory is writable and executable at once.</summary>
internal sealed unsafe class ExecutableMemory : IDisposable
{
    private readonly MemoryMappedFile _memory;
    private readonly MemoryMappedViewAccessor _view;

    /// <param name="code">Does not depend on the address that it lies at.</param>
    /// <exception cref="IOException">The system permits no code of this kind.</exception>
    /// <exception cref="UnauthorizedAccessException">The system permits no code of this kind.</exception>
    public ExecutableMemory(ReadOnlySpan<byte> code)
    {
        _memory = MemoryMappedFile.CreateNew(null, code.Length, MemoryMappedFileAccess.ReadWriteExecute);
        try
        {
            using (var writer = _memory.CreateViewAccessor(0, code.Length, MemoryMappedFileAccess.ReadWrite))
            {
                byte* target = null;
                writer.SafeMemoryMappedViewHandle.AcquirePointer(ref target);
                code.CopyTo(new Span<byte>(target, code.Length));
                writer.SafeMemoryMappedViewHandle.ReleasePointer();
            }
            _view = _memory.CreateViewAccessor(0, code.Length, MemoryMappedFileAccess.ReadExecute);
        }
        catch
        {
            _memory.Dispose();
            throw;
        }
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Start = (nint)start;
    }

    /// <summary>Address of the first instruction.</summary>
    public nint Start { get; }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _memory.Dispose();
    }
}
