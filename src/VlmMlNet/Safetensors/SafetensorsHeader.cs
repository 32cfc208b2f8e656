using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace VlmMlNet.Safetensors;

/// <summary>The header of a safetensors file: JSON between an 8-byte little-endian length and the tensors' bytes.</summary>
/// <remarks>Format and limits: the safetensors project's README. Every rule of it is checked here, before anything of a
/// tensor is read, so that later code can trust offsets and shapes.</remarks>
internal sealed class SafetensorsHeader
{
    public const int LengthSize = 8;
    /// <summary>The reference implementation's limit.</summary>
    public const int MaxLength = 100_000_000;
    public const string MetadataName = "__metadata__";
    public const string Damaged = "The file is damaged or was not completely downloaded: fetch or convert it again.";
    private const int MaxDepth = 8, MaxRank = 64;

    private SafetensorsHeader(Dictionary<string, string> metadata, Dictionary<string, SafetensorsEntry> tensors, SafetensorsEntry[] inFileOrder)
    {
        Metadata = metadata;
        Tensors = tensors;
        InFileOrder = inFileOrder;
    }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public IReadOnlyDictionary<string, SafetensorsEntry> Tensors { get; }

    public IReadOnlyList<SafetensorsEntry> InFileOrder { get; }

    /// <summary>Reads the length in front of the JSON and refuses what cannot be one.</summary>
    /// <param name="prefix">The file's first 8 bytes.</param>
    /// <param name="source">The name for messages.</param>
    /// <param name="fileLength">The length of the whole file; null for a stream.</param>
    public static int ParseLength(ReadOnlySpan<byte> prefix, string source, long? fileLength)
    {
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length <= MaxLength && (fileLength is null || length <= (ulong)(fileLength.Value - LengthSize)))
            return length > 0 ? (int)length : throw new MalformedInputException(source, "it says that its header has no bytes", Damaged);
        if (prefix.StartsWith("version "u8))
            throw new MalformedInputException(source, "it is a Git LFS pointer, not the weights", "Fetch the weights with 'git lfs pull'.");
        if (prefix.StartsWith("PK"u8) || prefix[0] == 0x80)
            throw new MalformedInputException(source, "it is a PyTorch pickle, not a safetensors file", "Pickles are never loaded, because they can run code: convert it to safetensors.");
        throw new MalformedInputException(source, length > MaxLength
            ? $"it says that its header has {length} bytes; the limit is {MaxLength}"
            : $"it says that its header has {length} bytes, but the whole file has {fileLength}", "It is not a safetensors file or was not completely downloaded.");
    }

    /// <summary>Parses and checks the JSON.</summary>
    /// <param name="json">The header without the length.</param>
    /// <param name="source">The name for messages.</param>
    /// <param name="dataLength">How many bytes follow the header; null when only reading on will tell.</param>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, string source, long? dataLength)
    {
        var metadata = new Dictionary<string, string>();
        var tensors = new Dictionary<string, SafetensorsEntry>();
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw new MalformedInputException(source, "its header is not a JSON object", Damaged);
            bool hasMetadata = false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                bool isNew = name == MetadataName ? !hasMetadata && (hasMetadata = true) : !tensors.ContainsKey(name);
                if (!isNew)
                    throw new MalformedInputException(source, $"its header names {TensorName.Quote(name)} twice", Damaged);
                reader.Read();
                if (name == MetadataName)
                    ReadMetadata(ref reader, metadata, source);
                else
                    tensors.Add(name, ReadEntry(ref reader, name, LengthSize + json.Length, source));
            }
            reader.Read(); // throws when anything but white space follows the object
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: a string that is not UTF-8
        {
            throw new MalformedInputException(source, $"its header is not valid JSON ({e.Message.TrimEnd('.')})", Damaged, innerException: e);
        }
        var inFileOrder = tensors.Values.OrderBy(t => t.Offset).ThenBy(t => t.ByteLength).ToArray();
        CheckCoverage(inFileOrder, LengthSize + json.Length, dataLength, source);
        return new SafetensorsHeader(metadata, tensors, inFileOrder);
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata, string source)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new MalformedInputException(source, $"{MetadataName} is not a JSON object", Damaged);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                throw new MalformedInputException(source, $"{MetadataName} has a value that is not a string for the key {TensorName.Quote(key)}", Damaged);
            if (!metadata.TryAdd(key, reader.GetString()!))
                throw new MalformedInputException(source, $"{MetadataName} has the key {TensorName.Quote(key)} twice", Damaged);
        }
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name, long dataStart, string source)
    {
        MalformedInputException Bad(string problem, string remedy = Damaged) => new(source, $"tensor {TensorName.Quote(name)} {problem}", remedy);

        if (reader.TokenType != JsonTokenType.StartObject)
            throw Bad("is not described by a JSON object");
        string? typeName = null;
        List<long>? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            bool isNew = true;
            switch (key)
            {
                case "dtype":
                    isNew = typeName is null;
                    typeName = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw Bad("has a dtype that is not a string");
                    break;
                case "shape":
                    isNew = shape is null;
                    shape = ReadNumbers(ref reader, MaxRank) ?? throw Bad($"has a shape that is not a list of at most {MaxRank} non-negative whole numbers");
                    break;
                case "data_offsets":
                    isNew = offsets is null;
                    offsets = ReadNumbers(ref reader, 2) is { Count: 2 } pair ? pair : throw Bad("has data_offsets that are not two non-negative whole numbers");
                    break;
                default:
                    reader.Skip();
                    break;
            }
            if (!isNew)
                throw Bad($"has the key '{key}' twice");
        }
        if (typeName is null || shape is null || offsets is null)
            throw Bad($"has no {(typeName is null ? "dtype" : shape is null ? "shape" : "data_offsets")}");
        if (!SafetensorsDType.TryParse(typeName, out ScalarType type))
            throw Bad($"has the {(SafetensorsDType.IsUnsupported(typeName) ? "unsupported" : "unknown")} dtype {TensorName.Quote(typeName)}",
                $"Supported are {SafetensorsDType.Supported}: convert the file to one of them.");
        if (offsets[0] > offsets[1])
            throw Bad($"ends at byte {offsets[1]}, before it begins at byte {offsets[0]}");
        if (ByteLength(shape, SafetensorsDType.Size(type)) is not long byteLength || offsets[1] > long.MaxValue - dataStart)
            throw Bad($"has a size that overflows: shape {SafetensorsEntry.Text(shape.ToArray())}, offsets {offsets[0]} to {offsets[1]}");
        if (byteLength != offsets[1] - offsets[0])
            throw Bad($"of shape {SafetensorsEntry.Text(shape.ToArray())} and dtype {typeName} needs {byteLength} bytes, but its offsets {offsets[0]} to {offsets[1]} hold {offsets[1] - offsets[0]}");
        return new SafetensorsEntry(name, type, [.. shape], dataStart + offsets[0], byteLength);
    }

    private static List<long>? ReadNumbers(ref Utf8JsonReader reader, int maxCount)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            return null;
        var numbers = new List<long>(4);
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            if (numbers.Count == maxCount || !reader.TryGetInt64(out long number) || number < 0)
                return null;
            numbers.Add(number);
        }
        return reader.TokenType == JsonTokenType.EndArray ? numbers : null;
    }

    // Null when the size, or the strides that libtorch derives from the sizes, would overflow.
    private static long? ByteLength(List<long> shape, int elementSize)
    {
        Int128 stride = elementSize, bytes = elementSize;
        foreach (long size in shape)
        {
            stride *= Math.Max(size, 1);
            bytes *= size;
            if (stride > long.MaxValue)
                return null;
        }
        return (long)bytes;
    }

    // The format has no holes and no overlaps: in file order each tensor begins where the one before ends.
    private static void CheckCoverage(SafetensorsEntry[] inFileOrder, long dataStart, long? dataLength, string source)
    {
        long end = dataStart;
        string before = "the header";
        foreach (var entry in inFileOrder)
        {
            if (dataLength is long length && entry.Offset + entry.ByteLength - dataStart > length)
                throw new MalformedInputException(source, $"tensor {TensorName.Quote(entry.Name)} ends at byte {entry.Offset + entry.ByteLength - dataStart} of the data, but only {length} bytes follow the header", Damaged);
            if (entry.Offset != end)
                throw new MalformedInputException(source, $"tensor {TensorName.Quote(entry.Name)} begins {Math.Abs(entry.Offset - end)} bytes {(entry.Offset < end ? "before" : "after")} the end of {before}; tensors must follow each other without overlaps or holes", Damaged);
            end = entry.Offset + entry.ByteLength;
            before = $"tensor {TensorName.Quote(entry.Name)}";
        }
        if (dataLength is long total && end - dataStart != total)
            throw new MalformedInputException(source, $"{total - (end - dataStart)} bytes follow the end of {before} and belong to no tensor", Damaged);
    }
}
