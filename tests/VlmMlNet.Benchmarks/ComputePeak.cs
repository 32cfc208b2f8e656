using System.Diagnostics;
using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Threads;
using VlmMlNet.Cpu.Weights;
using static TorchSharp.torch;

namespace VlmMlNet.Benchmarks;

/// <summary>How many multiplications and additions a second the machine does in the arithmetic of a measurement, when memory
/// does not hold it up: its limit.</summary>
internal sealed unsafe class ComputePeak : IDisposable
{
    private const int Side = 2048;                                            // of libtorch's matrices
    private const int Rows = 256, Columns = 1024, Tokens = 304, Repeats = 4;  // of a kernel's: they fit into a core's cache
    private readonly int _threads;
    private readonly ComputeTeam _team;
    private readonly NativeBuffer _weights = new((long)Rows * Columns * sizeof(float)), _scales = new(Rows * sizeof(float)), _rest = new((long)Rows / WeightMatrix.TileRows * CompactRows.RestBytes(Columns)), _x = new(Columns * sizeof(float)), _y;
    private readonly Activations _activations = new(KernelSet.Best);

    public ComputePeak(int threads)
    {
        _threads = threads;
        _team = new ComputeTeam(threads);
        _y = new NativeBuffer((long)threads * Tokens * Rows * sizeof(float));
        for (int i = 0; i < Columns; i++)
            ((float*)_x.Data)[i] = MathF.Sin(i);
    }

    /// <summary>Operations per second of a large product of matrices in libtorch.</summary>
    public static double OfTorch(ScalarType type)
    {
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        Tensor a = rand([Side, Side]).to(type), b = rand([Side, Side]).to(type);
        a.mm(b);
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < Repeats; i++)
            a.mm(b);
        return Repeats * 2.0 * Side * Side * Side / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Operations per second of the decoder's kernel of a format, on many tokens.</summary>
    public double OfKernel(WeightFormat format)
    {
        var weights = new WeightMatrix(format, Rows, Columns, _weights.Data, (float*)_scales.Data, _rest.Data);
        _activations.Prepare(format, Tokens, Columns);
        for (int token = 0; token < Tokens; token++)
            KernelSet.Best.Quantize((float*)_x.Data, _activations, token);
        ChunkWork multiply = (_, worker) => KernelSet.Best.Multiply(weights, _activations, 0, weights.Tiles, (float*)_y.Data + (long)worker * Tokens * Rows, Rows);
        int chunks = 2 * Repeats * _threads;
        _team.Run(multiply, chunks, _threads);
        var watch = Stopwatch.StartNew();
        _team.Run(multiply, chunks, _threads);
        return 2.0 * chunks * Rows * Columns * Tokens / watch.Elapsed.TotalSeconds;
    }

    public void Dispose()
    {
        _team.Dispose();
        _activations.Dispose();
        foreach (var buffer in new[] { _weights, _scales, _rest, _x, _y })
            buffer.Dispose();
    }
}
