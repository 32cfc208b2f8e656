using BenchmarkDotNet.Attributes;
using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Benchmarks.Arithmetic;

/// <summary>A token's activations to the form that integer weights are multiplied with.</summary>
public unsafe class QuantizeBenchmarks
{
    private KernelSet _kernels = null!;
    private Activations _activations = null!;
    private NativeBuffer _x = null!;

    [ParamsSource(nameof(Variants))]
    public string Variant { get; set; } = "";

    [Params("Int8", "Int4")]
    public string Weights { get; set; } = "";

    [Params(896, 4864)]
    public int Width { get; set; }

    /// <summary>What the parameters may be.</summary>
    public static IEnumerable<string> Variants => KernelChoice.Names;

    [GlobalSetup]
    public void Prepare()
    {
        _kernels = KernelChoice.Find(Variant);
        _activations = new Activations(_kernels);
        _activations.Prepare(Enum.Parse<WeightFormat>(Weights), 1, Width);
        _x = new NativeBuffer(_activations.PaddedColumns * sizeof(float));
        for (int i = 0; i < Width; i++)
            ((float*)_x.Data)[i] = MathF.Sin(i);
    }

    [Benchmark]
    public void Quantize() => _kernels.Quantize((float*)_x.Data, _activations, 0);

    [GlobalCleanup]
    public void Free()
    {
        _activations.Dispose();
        _x.Dispose();
    }
}
