using VlmMlNet.Cpu.Weights.Layouts;
using VlmMlNet.Safetensors;

namespace VlmMlNet.Cpu.Weights;

/// <summary>Weights in the formats of the kernels, in memory outside the garbage collector's heap.</summary>
internal abstract unsafe class PackedWeights : IDisposable
{
    private readonly IReadOnlyList<IDisposable> _memory;
    private readonly Func<PackedPart, nint> _locate;
    private readonly List<(PackedPart Part, nint Data)> _parts = [];
    private readonly Dictionary<string, WeightMatrix> _matrices = [];

    protected PackedWeights(WeightPrecision precision, Func<PackedPart, nint> locate, IReadOnlyList<IDisposable> memory) =>
        (Precision, _locate, _memory) = (precision, locate, memory);

    /// <summary>Chooses the formats.</summary>
    public WeightPrecision Precision { get; }

    /// <summary>How many numbers of the original model they stand for: neither padding nor scales count.</summary>
    public long ParameterCount { get; private set; }

    /// <summary>All memory, in the order in which it was asked for.</summary>
    public IReadOnlyList<(PackedPart Part, nint Data)> Parts => _parts;

    /// <summary>The matrices, by the names of their parts.</summary>
    public IReadOnlyDictionary<string, WeightMatrix> Matrices => _matrices;

    /// <summary>The parts that such weights have.</summary>
    public static IReadOnlyList<PackedPart> PartsOf<TWeights>(WeightsFactory<TWeights> factory) where TWeights : PackedWeights
    {
        using var nowhere = factory.Create(_ => 0, []);
        return [.. nowhere.Parts.Select(p => p.Part)];
    }

    /// <summary>The <see cref="ParameterCount"/> that such weights have.</summary>
    public static long CountOf<TWeights>(WeightsFactory<TWeights> factory) where TWeights : PackedWeights
    {
        using var nowhere = factory.Create(_ => 0, []);
        return nowhere.ParameterCount;
    }

    /// <summary>Holds everything that kernels take for a place in memory to the shape. The rest are numbers, and any will do.</summary>
    /// <param name="source">Where the weights come from, for messages.</param>
    /// <exception cref="MalformedInputException">The weights are damaged.</exception>
    public void Check(string source)
    {
        foreach (var (name, matrix) in _matrices)
            if (matrix.Layout.FindFault(matrix) is { } fault)
                throw new MalformedInputException(source, $"tensor {TensorName.Quote(name + PackedPart.RestSuffix)} is damaged: {fault}", PackedFile.Remedy);
    }

    /// <summary>Checks that files that the weights are mapped from are as long as they were.</summary>
    /// <exception cref="MalformedInputException">One became shorter.</exception>
    public void CheckLength()
    {
        foreach (var memory in _memory)
            (memory as MappedBytes)?.CheckLength();
    }

    public void Dispose()
    {
        foreach (var memory in _memory)
            memory.Dispose();
    }

    protected WeightMatrix Matrix(string name, WeightFormat format, int rows, int columns)
    {
        var layout = WeightLayout.Of(format);
        byte* data = (byte*)Locate(PackedPart.Matrix(name, layout, rows, columns));
        float* scales = layout.HasScales ? Floats(name + PackedPart.ScaleSuffix, rows) : null;
        byte* rest = PackedPart.Rest(name + PackedPart.RestSuffix, layout, rows, columns) is { } beside ? (byte*)Locate(beside) : null;
        ParameterCount += (long)rows * columns;
        return _matrices[name] = new WeightMatrix(format, rows, columns, data, scales, rest);
    }

    protected float* Vector(string name, int length)
    {
        ParameterCount += length;
        return Floats(name, length);
    }

    private float* Floats(string name, int length) => (float*)Locate(PackedPart.Vector(name, length));

    private nint Locate(PackedPart part)
    {
        nint data = _locate(part);
        _parts.Add((part, data));
        return data;
    }
}
