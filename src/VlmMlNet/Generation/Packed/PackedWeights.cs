namespace VlmMlNet.Generation.Packed;

/// <summary>Lays weights over memory that somebody gives.</summary>
/// <param name="locate">Says where a part lies; asked for each part once.</param>
/// <param name="memory">Disposed with the weights.</param>
internal delegate TWeights WeightsFactory<out TWeights>(Func<PackedPart, nint> locate, IReadOnlyList<IDisposable> memory) where TWeights : PackedWeights;

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

    /// <summary>All memory, in the order in which it was asked for.</summary>
    public IReadOnlyList<(PackedPart Part, nint Data)> Parts => _parts;

    /// <summary>The matrices, by the names of their parts.</summary>
    public IReadOnlyDictionary<string, WeightMatrix> Matrices => _matrices;

    /// <summary>The parts that such weights have.</summary>
    public static IReadOnlyList<PackedPart> PartsOf<TWeights>(WeightsFactory<TWeights> create) where TWeights : PackedWeights
    {
        using var nowhere = create(_ => 0, []);
        return [.. nowhere.Parts.Select(p => p.Part)];
    }

    public void Dispose()
    {
        foreach (var memory in _memory)
            memory.Dispose();
    }

    protected WeightMatrix Matrix(string name, WeightFormat format, int rows, int columns)
    {
        byte* data = (byte*)Locate(PackedPart.Matrix(name, format, rows, columns));
        float* scales = format == WeightFormat.Int8 ? Vector(name + PackedPart.ScaleSuffix, rows) : null;
        return _matrices[name] = new WeightMatrix(format, rows, columns, data, scales);
    }

    protected float* Vector(string name, int length) => (float*)Locate(PackedPart.Vector(name, length));

    private nint Locate(PackedPart part)
    {
        nint data = _locate(part);
        _parts.Add((part, data));
        return data;
    }
}
