using BenchmarkDotNet.Attributes;
using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Benchmarks.Arithmetic;

/// <summary>W x on one thread, for the matrices of Qwen2.5-0.5B: a token that is generated, and a prompt. The weights are
/// in a cache, as they are not while a model generates: that is what <c>decode</c> measures.</summary>
public unsafe class ProductBenchmarks
{
    private KernelSet _kernels = null!;
    private KernelMatrix _matrix = null!;
    private Activations _activations = null!;
    private NativeBuffer _x = null!, _y = null!;
    private int _stride;

    [ParamsSource(nameof(Variants))]
    public string Variant { get; set; } = "";

    [Params("Float32", "BFloat16", "CompactBFloat16", "Int8", "Int4")]
    public string Weights { get; set; } = "";

    /// <summary>Outputs and inputs: attention's query and output, the MLP's gate and up, its down.</summary>
    [Params("896x896", "4864x896", "896x4864")]
    public string Shape { get; set; } = "";

    [Params(1, 300)]
    public int Tokens { get; set; }

    /// <summary>What the parameters may be.</summary>
    public static IEnumerable<string> Variants => KernelChoice.Names;

    [GlobalSetup]
    public void Prepare()
    {
        TorchRuntime.EnsureLoaded();
        int[] shape = [.. Shape.Split('x').Select(int.Parse)];
        _kernels = KernelChoice.Find(Variant);
        _matrix = new KernelMatrix(Enum.Parse<WeightFormat>(Weights), shape[0], shape[1]);
        _stride = _matrix.Weights.Tiles * WeightMatrix.TileRows;
        _activations = new Activations(_kernels);
        _activations.Prepare(_matrix.Weights.Format, Tokens, shape[1]);
        _x = new NativeBuffer(_activations.PaddedColumns * sizeof(float));
        for (int token = 0; token < Tokens; token++)
        {
            for (int i = 0; i < shape[1]; i++)
                ((float*)_x.Data)[i] = MathF.Sin(i + token);
            _kernels.Quantize((float*)_x.Data, _activations, token);
        }
        _y = new NativeBuffer((long)Tokens * _stride * sizeof(float));
    }

    [Benchmark]
    public void Multiply()
    {
        // In pieces that the cache holds, as a decoder takes them.
        int tiles = Math.Max(2, (int)(512 * 1024 / _matrix.Weights.TileBytes) / 2 * 2);
        for (int first = 0; first < _matrix.Weights.Tiles; first += tiles)
            _kernels.Multiply(_matrix.Weights, _activations, first, Math.Min(first + tiles, _matrix.Weights.Tiles), (float*)_y.Data, _stride);
    }

    [GlobalCleanup]
    public void Free()
    {
        _matrix.Dispose();
        _activations.Dispose();
        _x.Dispose();
        _y.Dispose();
    }
}
