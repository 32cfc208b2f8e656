using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using VlmMlNet.Files;
using static TorchSharp.torch;

namespace VlmMlNet.Safetensors;

/// <summary>Writes safetensors files. The same tensors give the same bytes, and for the same content the bytes are those
/// of the reference serializer: wide element types first, then by name, the header padded to 8 bytes.</summary>
public static class SafetensorsWriter
{
    /// <summary>Writes a file. It appears under its name only when it is complete, and may replace one that is being read.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensors">Tensors under distinct names, of any device and layout, with an element type of the format. They keep
    /// their type. One that is not contiguous or not in main memory is copied while it is written, one at a time.</param>
    /// <param name="metadata">Texts for <c>__metadata__</c>; null for none. Hugging Face expects <c>format</c> = <c>pt</c>.</param>
    /// <exception cref="ArgumentException">A name twice, a reserved name, or an element type that the format lacks.</exception>
    /// <exception cref="IOException">The file cannot be written, for example for lack of space or permission. Nothing is left behind.</exception>
    public static void Write(string path, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = Path.GetFullPath(path);
        var (header, ordered, length) = Layout(tensors, metadata);
        PendingFile.Write(path, length, stream => Write(stream, header, ordered));
    }

    /// <summary>Writes the content of a file to a stream, forward only and without holding it in memory; the stream stays open.</summary>
    /// <inheritdoc cref="Write(string, IReadOnlyList{KeyValuePair{string, Tensor}}, IReadOnlyDictionary{string, string})"/>
    /// <param name="stream">A writable stream; it need not be able to seek.</param>
    /// <param name="tensors">As for a file.</param>
    /// <param name="metadata">As for a file.</param>
    public static void Write(Stream stream, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var (header, ordered, _) = Layout(tensors, metadata);
        Write(stream, header, ordered);
    }

    /// <summary>Writes tensors whose bytes the caller has elsewhere.</summary>
    /// <param name="stream">A writable stream; it need not be able to seek.</param>
    /// <param name="shapes">Names, types and shapes; the tensors may lie on the meta device.</param>
    /// <param name="metadata">As for a file.</param>
    /// <param name="alignment">The first tensor begins at a multiple of this, itself one of 8.</param>
    /// <param name="writeBytes">Writes the bytes of a tensor.</param>
    internal static void Write(Stream stream, IReadOnlyList<KeyValuePair<string, Tensor>> shapes, IReadOnlyDictionary<string, string> metadata, int alignment, Action<string, Stream> writeBytes)
    {
        var (header, ordered, _) = Layout(shapes, metadata, alignment);
        stream.Write(header);
        foreach (var (name, _) in ordered)
            writeBytes(name, stream);
        stream.Flush();
    }

    /// <summary>The length of the file that the other overloads write.</summary>
    internal static long Length(IReadOnlyList<KeyValuePair<string, Tensor>> shapes, IReadOnlyDictionary<string, string> metadata, int alignment) => Layout(shapes, metadata, alignment).Length;

    private static void Write(Stream stream, byte[] header, IEnumerable<KeyValuePair<string, Tensor>> ordered)
    {
        stream.Write(header);
        foreach (var (_, tensor) in ordered)
            TensorBytes.Write(tensor, stream);
        stream.Flush();
    }

    // The length and the JSON, the tensors in file order, and the length of the whole file.
    private static (byte[] Header, KeyValuePair<string, Tensor>[] Ordered, long Length) Layout(
        IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata, int alignment = SafetensorsHeader.LengthSize)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        Check(tensors);
        var ordered = tensors.OrderBy(t => SafetensorsDType.Rank(t.Value.dtype)).ThenBy(t => t.Key, StringComparer.Ordinal).ToArray();
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(new byte[SafetensorsHeader.LengthSize]);
        long offset = 0;
        // Names in other scripts stay readable, as the reference serializer writes them.
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject(SafetensorsHeader.MetadataName);
                foreach (var (key, value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            foreach (var (name, tensor) in ordered)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", SafetensorsDType.Name(tensor.dtype));
                json.WriteStartArray("shape");
                foreach (long size in tensor.shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                offset = checked(offset + tensor.NumberOfElements * SafetensorsDType.Size(tensor.dtype));
                json.WriteNumberValue(offset);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        int padding = (alignment - buffer.WrittenCount % alignment) % alignment;
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        byte[] header = buffer.WrittenSpan.ToArray();
        int length = header.Length - SafetensorsHeader.LengthSize;
        if (length > SafetensorsHeader.MaxLength)
            throw new ArgumentException($"The names of the tensors and the metadata make a header of {length} bytes; the limit is {SafetensorsHeader.MaxLength}.", nameof(tensors));
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)length);
        return (header, ordered, header.Length + offset);
    }

    private static void Check(IReadOnlyList<KeyValuePair<string, Tensor>> tensors)
    {
        var names = new HashSet<string>(tensors.Count);
        foreach (var (name, tensor) in tensors)
        {
            if (name is null || tensor is null)
                throw new ArgumentException("A tensor or its name is null.", nameof(tensors));
            if (!names.Add(name))
                throw new ArgumentException($"There are two tensors named {TensorName.Quote(name)}.", nameof(tensors));
            if (name == SafetensorsHeader.MetadataName)
                throw new ArgumentException($"A tensor cannot be named '{name}': the format reserves that name.", nameof(tensors));
            if (!SafetensorsDType.IsSupported(tensor.dtype))
                throw new ArgumentException($"Tensor {TensorName.Quote(name)} is of type {tensor.dtype}; supported are {SafetensorsDType.Supported}.", nameof(tensors));
        }
    }
}
