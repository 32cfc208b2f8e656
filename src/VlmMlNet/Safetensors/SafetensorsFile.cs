using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;
using VlmMlNet.Files;
using static TorchSharp.torch;

namespace VlmMlNet.Safetensors;

/// <summary>An open safetensors file. Its header is checked as a whole when it is opened; the tensors are copied out of
/// the memory-mapped file on demand.</summary>
/// <remarks>Reading may happen on several threads at once. Only the 16 MB that are being copied are mapped, so that the
/// file does not count twice in the process's memory. Do not overwrite an open file in place: replace it.
/// Supported element types: I64, F64, F32, I32, BF16, F16, I16, I8, U8, BOOL.</remarks>
public sealed class SafetensorsFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly MemoryMappedFile _map;
    private readonly SafetensorsHeader _header;
    private readonly long _length;
    private bool _isMapped; // what is mapped has the handle

    private SafetensorsFile(string path, SafeFileHandle handle)
    {
        Path = path;
        _handle = handle;
        _length = RandomAccess.GetLength(handle);
        if (_length < SafetensorsHeader.LengthSize)
            throw new MalformedInputException(path, _length == 0 ? "it is empty" : $"it has only {_length} bytes", SafetensorsHeader.Damaged);
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.LengthSize];
        ReadExactly(prefix, 0);
        byte[] json = new byte[SafetensorsHeader.ParseLength(prefix, path, _length)];
        ReadExactly(json, prefix.Length);
        _header = SafetensorsHeader.Parse(json, path, _length - prefix.Length - json.Length);
        _map = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
    }

    /// <summary>The full path of the file.</summary>
    public string Path { get; }

    /// <summary>The texts under <c>__metadata__</c>; empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Tensors => _header.Tensors;

    /// <summary>Opens a file and checks its header: lengths, names, types, shapes, offsets, overlaps and holes.</summary>
    /// <param name="path">A .safetensors file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MalformedInputException">It is a folder, empty, truncated, something else, or its header lies.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(path))
            throw new MalformedInputException(path, "it is a folder, not a safetensors file", "Give the file, or open the folder as a checkpoint.");
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file {path}.", path);
        RegularFile.Check(path);
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            return new SafetensorsFile(path, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Copies a tensor into a new one in main memory, with the file's element type.</summary>
    /// <param name="name">A name of <see cref="Tensors"/>.</param>
    /// <exception cref="MalformedInputException">The file has no such tensor; the message guesses which one was meant.</exception>
    public Tensor Read(string name)
    {
        var entry = Entry(name);
        var tensor = empty(entry.Shape, entry.DType, CPU);
        try
        {
            CopyTo(entry, tensor);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Copies a tensor into an existing one of the same shape, converting to its element type and device.</summary>
    /// <param name="name">A name of <see cref="Tensors"/>.</param>
    /// <param name="destination">The tensor to fill; a parameter that requires gradients may be one. Numbers are rounded
    /// to the nearest, ties to even. Fractions do not go into integers, nor numbers into truth values.</param>
    /// <exception cref="MalformedInputException">The file has no such tensor, or one of another shape or kind.</exception>
    public void CopyTo(string name, Tensor destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var entry = Entry(name);
        if (!entry.Shape.AsSpan().SequenceEqual(destination.shape))
            throw new MalformedInputException(Path, $"tensor {TensorName.Quote(name)} has shape {entry.ShapeText}, expected {SafetensorsEntry.Text(destination.shape)}");
        if (!SafetensorsDType.CanConvert(entry.DType, destination.dtype))
            throw new MalformedInputException(Path, $"tensor {TensorName.Quote(name)} holds {SafetensorsDType.Name(entry.DType)}, which does not convert to {SafetensorsDType.Name(destination.dtype)}");
        CopyTo(entry, destination);
    }

    /// <summary>Maps the whole file for as long as the returned object lives, which may be longer than this one. Its pages are
    /// read when they are touched. The file must not be changed meanwhile, only replaced. To be called once.</summary>
    internal MappedBytes Map()
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        CheckLength();
        var view = _map.CreateViewAccessor(0, _length, MemoryMappedFileAccess.Read);
        _isMapped = true;
        return new MappedBytes(Path, _handle, view, _length);
    }

    /// <summary>Closes the file. Tensors that were read stay valid.</summary>
    public void Dispose()
    {
        _map.Dispose();
        if (!_isMapped)
            _handle.Dispose();
    }

    private void CheckLength()
    {
        if (RandomAccess.GetLength(_handle) < _length)
            throw MappedBytes.BecameShorter(Path);
    }

    private SafetensorsEntry Entry(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        return Tensors.TryGetValue(name, out var entry) ? entry : throw TensorName.NoTensor(Path, name, Tensors.Keys);
    }

    private unsafe void CopyTo(SafetensorsEntry entry, Tensor destination)
    {
        CheckLength(); // touching a mapped page behind the end of a file that was cut meanwhile would end the process
        long offset = entry.Offset;
        TensorBytes.Read(destination, entry.DType, bytes =>
        {
            using var view = _map.CreateViewAccessor(offset, bytes.Length, MemoryMappedFileAccess.Read);
            byte* pointer = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
            try
            {
                new ReadOnlySpan<byte>(pointer + view.PointerOffset, bytes.Length).CopyTo(bytes);
            }
            finally
            {
                view.SafeMemoryMappedViewHandle.ReleasePointer();
            }
            offset += bytes.Length;
        }, () => TensorName.BadBool(Path, entry.Name));
    }

    private void ReadExactly(Span<byte> destination, long offset)
    {
        while (destination.Length > 0)
        {
            int read = RandomAccess.Read(_handle, destination, offset);
            if (read == 0)
                throw new MalformedInputException(Path, "it ends inside its header", SafetensorsHeader.Damaged);
            destination = destination[read..];
            offset += read;
        }
    }
}
