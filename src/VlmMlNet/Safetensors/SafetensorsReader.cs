using System.Buffers;
using static TorchSharp.torch;

namespace VlmMlNet.Safetensors;

/// <summary>Reads safetensors content from a stream that cannot seek, such as an entry of a zip archive.</summary>
public static class SafetensorsReader
{
    /// <summary>Fills existing tensors from a stream that holds exactly these. No file is written; where type and layout
    /// match, the bytes go from the stream straight into the tensor, elsewhere through a buffer of 16 MB.</summary>
    /// <param name="stream">Positioned before the header; read to its end and left open.</param>
    /// <param name="destinations">The tensors to fill, by the names in the stream. Floating-point types convert to each
    /// other, and so do integers; shapes must be equal.</param>
    /// <param name="sourceName">The name of the stream in messages.</param>
    /// <exception cref="MalformedInputException">The header lies, names are missing or unexpected, shapes differ (nothing was
    /// changed then), or the stream ends early, is corrupt or does not end after the last tensor (some tensors were filled).</exception>
    public static void ReadInto(Stream stream, IReadOnlyDictionary<string, Tensor> destinations, string sourceName)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(destinations);
        ArgumentException.ThrowIfNullOrEmpty(sourceName);
        Read(stream, sourceName, header => TensorMatch.Check(sourceName, destinations, header.Tensors),
            (entry, source) => TensorBytes.Read(destinations[entry.Name], entry.DType, source, () => TensorName.BadBool(sourceName, entry.Name)));
    }

    /// <summary>Reads the tensors in the order in which they come.</summary>
    /// <param name="stream">Positioned before the header; read to its end and left open.</param>
    /// <param name="sourceName">The name of the stream in messages.</param>
    /// <param name="check">Accepts the header, or throws.</param>
    /// <param name="read">Takes a tensor's bytes, all of them.</param>
    internal static void Read(Stream stream, string sourceName, Action<SafetensorsHeader> check, Action<SafetensorsEntry, ByteSource> read)
    {
        string part = "its header";
        void ReadExactly(Span<byte> bytes)
        {
            try
            {
                stream.ReadExactly(bytes);
            }
            catch (Exception e) when (e is EndOfStreamException or InvalidDataException) // the latter: a damaged compressed stream
            {
                throw new MalformedInputException(sourceName, e is EndOfStreamException ? $"it ends inside {part}" : $"{part} cannot be decompressed", SafetensorsHeader.Damaged, innerException: e);
            }
        }

        var header = ReadHeader(ReadExactly, sourceName);
        check(header);
        foreach (var entry in header.InFileOrder)
        {
            part = $"tensor {TensorName.Quote(entry.Name)}";
            read(entry, ReadExactly);
        }
        if (stream.ReadByte() >= 0)
            throw new MalformedInputException(sourceName, "bytes follow the last tensor", SafetensorsHeader.Damaged);
    }

    private static SafetensorsHeader ReadHeader(ByteSource source, string sourceName)
    {
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.LengthSize];
        source(prefix);
        int length = SafetensorsHeader.ParseLength(prefix, sourceName, fileLength: null);
        // Grown as bytes arrive: a length that lies costs no memory.
        var json = new ArrayBufferWriter<byte>();
        while (json.WrittenCount < length)
        {
            int size = Math.Min(length - json.WrittenCount, 1 << 16);
            source(json.GetSpan(size)[..size]);
            json.Advance(size);
        }
        return SafetensorsHeader.Parse(json.WrittenSpan, sourceName, dataLength: null);
    }
}
