using VlmMlNet.Files;
using VlmMlNet.Runtime;
using VlmMlNet.Safetensors;
using static TorchSharp.torch;

namespace VlmMlNet.Cpu.Weights;

/// <summary>Packed weights as safetensors, in the layout that the kernels read: a file that is mapped needs no loading.</summary>
internal static unsafe class PackedFile
{
    private const string FormatKey = "format", FormatName = "vlm_mlnet-packed-3", PrecisionKey = "precision";
    internal const string Remedy = "Pack the original model again.";

    /// <summary>Writes a file. It appears under its name only when it is complete.</summary>
    /// <exception cref="IOException">It cannot be written. Nothing is left behind.</exception>
    public static void Write(string path, PackedWeights weights)
    {
        using var scope = NewDisposeScope();
        PendingFile.Write(path, SafetensorsWriter.Length(Shapes(Parts(weights)), Metadata(weights), NativeBuffer.Alignment), stream =>
        {
            Write(stream, weights);
            HugePages.Settle((FileStream)stream);
        });
    }

    /// <summary>Writes the content of a file, forward only.</summary>
    public static void Write(Stream stream, PackedWeights weights)
    {
        using var scope = NewDisposeScope();
        var parts = weights.Parts.ToDictionary(p => p.Part.Name);
        SafetensorsWriter.Write(stream, Shapes(Parts(weights)), Metadata(weights), NativeBuffer.Alignment, (name, target) =>
        {
            const int Piece = 16 << 20;
            var (part, data) = parts[name];
            for (long at = 0; at < part.Bytes; at += Piece)
                target.Write(new ReadOnlySpan<byte>((byte*)data + at, (int)Math.Min(Piece, part.Bytes - at)));
        });
    }

    /// <summary>Maps a file: its weights take no other memory than the system's cache of the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="factory">Of the shape and precision that the file must have.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MalformedInputException">It is damaged, or of another shape or precision.</exception>
    /// <remarks>While the weights are in use the file may be replaced, by a rename, or deleted. It must not be written to or cut: the
    /// system ends a process that reads a page that is no more. What is shorter when a session begins is found then.</remarks>
    public static TWeights Map<TWeights>(string path, WeightsFactory<TWeights> factory) where TWeights : PackedWeights
    {
        using var file = SafetensorsFile.Open(path);
        factory = Fitting(file.Tensors, factory);
        Check(file.Path, file.Metadata, file.Tensors, factory);
        foreach (var entry in file.Tensors.Values)
            if (entry.Offset % NativeBuffer.Alignment != 0)
                throw new MalformedInputException(file.Path, $"tensor {TensorName.Quote(entry.Name)} begins at byte {entry.Offset}, which is no multiple of {NativeBuffer.Alignment}", Remedy);
        var bytes = file.Map();
        return Checked(factory.Create(part => (nint)(bytes.Data + file.Tensors[part.Name].Offset), [bytes]), file.Path);
    }

    /// <summary>Reads the content of a file from a stream that cannot seek.</summary>
    /// <param name="stream">Read to its end and left open.</param>
    /// <param name="sourceName">The name of the stream in messages.</param>
    /// <param name="factory">Of the shape and precision that the file must have.</param>
    /// <exception cref="MalformedInputException">It is damaged, or of another shape or precision.</exception>
    public static TWeights Read<TWeights>(Stream stream, string sourceName, WeightsFactory<TWeights> factory) where TWeights : PackedWeights
    {
        var offsets = new Dictionary<string, long>();
        NativeBuffer? arena = null;
        try
        {
            SafetensorsReader.Read(stream, sourceName, header =>
            {
                factory = Fitting(header.Tensors, factory);
                Check(sourceName, header.Metadata, header.Tensors, factory);
                long length = 0;
                foreach (var part in PackedWeights.PartsOf(factory))
                {
                    offsets.Add(part.Name, length);
                    length += part.Bytes;
                }
                arena = new NativeBuffer(length, isCleared: false);
            }, (entry, source) => Read(arena!.Data + offsets[entry.Name], entry.ByteLength, source));
            return Checked(factory.Create(part => (nint)(arena!.Data + offsets[part.Name]), [arena!]), sourceName);
        }
        catch
        {
            arena?.Dispose();
            throw;
        }
    }

    private static TWeights Checked<TWeights>(TWeights weights, string source) where TWeights : PackedWeights
    {
        try
        {
            weights.Check(source);
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    private static void Read(byte* target, long length, ByteSource source)
    {
        const int Piece = 16 << 20;
        for (long at = 0; at < length; at += Piece)
            source(new Span<byte>(target + at, (int)Math.Min(Piece, length - at)));
    }

    // The first whose parts have the file's types; where there is none, the first is to say what is wrong.
    private static WeightsFactory<TWeights> Fitting<TWeights>(IReadOnlyDictionary<string, SafetensorsEntry> tensors, WeightsFactory<TWeights> factory) where TWeights : PackedWeights
    {
        for (var candidate = factory; candidate is not null; candidate = candidate.Otherwise)
            if (PackedWeights.PartsOf(candidate).All(p => tensors.TryGetValue(p.Name, out var entry) && entry.DType == p.Type))
                return candidate;
        return factory;
    }

    private static void Check<TWeights>(string source, IReadOnlyDictionary<string, string> metadata, IReadOnlyDictionary<string, SafetensorsEntry> tensors, WeightsFactory<TWeights> factory) where TWeights : PackedWeights
    {
        using var expected = factory.Create(_ => 0, []);
        var precision = expected.Precision;
        if (!metadata.TryGetValue(FormatKey, out string? format) || format != FormatName)
            throw new MalformedInputException(source, $"its {FormatKey} is {(format is null ? "not given" : TensorName.Quote(format))}, expected '{FormatName}'", Remedy);
        if (!metadata.TryGetValue(PrecisionKey, out string? stored) || stored != Name(precision))
            throw new MalformedInputException(source, $"its {PrecisionKey} is {(stored is null ? "not given" : TensorName.Quote(stored))}, expected '{Name(precision)}'", Remedy);
        using var scope = NewDisposeScope();
        var shapes = Shapes(Parts(expected)).ToDictionary();
        TensorMatch.Check(source, shapes, tensors);
        foreach (var (name, shape) in shapes)
            if (tensors[name].DType != shape.dtype)
                throw new MalformedInputException(source, $"tensor {TensorName.Quote(name)} holds {SafetensorsDType.Name(tensors[name].DType)}, expected {SafetensorsDType.Name(shape.dtype)}", Remedy);
    }

    /// <summary>How files and options call a precision.</summary>
    public static string Name(WeightPrecision precision) => precision.ToString().ToLowerInvariant();

    // In the caller's dispose scope. The meta device takes no memory.
    private static List<KeyValuePair<string, Tensor>> Shapes(IEnumerable<PackedPart> parts) =>
        [.. parts.Select(p => KeyValuePair.Create(p.Name, empty(p.Shape, p.Type, META)))];

    private static IEnumerable<PackedPart> Parts(PackedWeights weights) => weights.Parts.Select(p => p.Part);

    private static Dictionary<string, string> Metadata(PackedWeights weights) => new() { [FormatKey] = FormatName, [PrecisionKey] = Name(weights.Precision) };
}
