using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Threads;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Models;
using VlmMlNet.Tensors;
using static TorchSharp.torch;

namespace VlmMlNet.Cpu.Vision;

/// <summary>A projector on a CPU with weights in bytes, and the threads that work on them. Callers on several threads take turns.</summary>
internal sealed unsafe class PackedProjection : IDisposable
{
    private const int RowsPerPass = 512;
    private readonly Lock _gate = new();
    private readonly KernelSet _kernels;
    private readonly ComputeTeam _team;
    private readonly MatrixProducts _products;
    private readonly Activations _input, _middle;
    private readonly NativeBuffer _rows, _between, _result;
    private readonly ChunkWork _quantize, _activate, _finish;
    private readonly int _width, _middleWidth, _resultWidth;
    private float* _source, _target;
    private bool _isDisposed;

    /// <summary>Takes weights over.</summary>
    /// <param name="weights">Disposed with the projection.</param>
    /// <param name="kernels">The arithmetic; null for the fastest.</param>
    public PackedProjection(PackedProjector weights, KernelSet? kernels = null)
    {
        Weights = weights;
        _kernels = kernels ?? KernelSet.Best;
        _team = new ComputeTeam(Environment.ProcessorCount);
        _products = new MatrixProducts(_kernels, _team);
        (_input, _middle) = (new(_kernels), new(_kernels));
        (_width, _middleWidth, _resultWidth) = (weights.First.PaddedColumns, weights.Second.PaddedColumns, weights.Second.Tiles * WeightMatrix.TileRows);
        _rows = new NativeBuffer((long)RowsPerPass * _width * sizeof(float));
        _between = new NativeBuffer((long)RowsPerPass * _middleWidth * sizeof(float));
        _result = new NativeBuffer((long)RowsPerPass * _resultWidth * sizeof(float));
        _quantize = (row, _) => Quantize(row);
        _activate = (row, _) => Activate(row);
        _finish = (row, _) => Finish(row);
    }

    /// <summary>The threads that have started; they end with the projection.</summary>
    public IReadOnlyList<Thread> Threads => _team.Threads;

    /// <summary>The weights.</summary>
    public PackedProjector Weights { get; }

    /// <summary>Projects features.</summary>
    /// <param name="features">[pictures, patches, VisionHiddenSize].</param>
    /// <returns>[pictures, patches, TextHiddenSize], float32, on the CPU.</returns>
    public Tensor Project(Tensor features)
    {
        var config = Weights.Config;
        using var scope = NewDisposeScope();
        var input = features.to(ScalarType.Float32, CPU).contiguous();
        var result = empty([input.shape[0], input.shape[1], config.TextHiddenSize], ScalarType.Float32, CPU);
        int rows = checked((int)(input.shape[0] * input.shape[1])), threads = get_num_threads();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            Weights.CheckLength();
            _source = TensorMemory.Pointer<float>(input);
            _target = TensorMemory.Pointer<float>(result);
            for (int left = rows; left > 0; left -= RowsPerPass)
            {
                Run(Math.Min(left, RowsPerPass), threads);
                _source += (long)RowsPerPass * config.VisionHiddenSize;
                _target += (long)RowsPerPass * config.TextHiddenSize;
            }
        }
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>Ends the threads and frees the weights, after the pass that is running.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            _team.Dispose();
            _input.Dispose();
            _middle.Dispose();
            _rows.Dispose();
            _between.Dispose();
            _result.Dispose();
            Weights.Dispose();
        }
    }

    private void Run(int rows, int threads)
    {
        _input.Prepare(WeightFormat.Int8, rows, Weights.First.Columns);
        _team.Run(_quantize, rows, threads);
        _products.Run(_input, threads, new MatrixProducts.Product(Weights.First, (float*)_between.Data, _middleWidth));
        _middle.Prepare(WeightFormat.Int8, rows, Weights.Second.Columns);
        _team.Run(_activate, rows, threads);
        _products.Run(_middle, threads, new MatrixProducts.Product(Weights.Second, (float*)_result.Data, _resultWidth));
        _team.Run(_finish, rows, threads);
    }

    private void Quantize(int row)
    {
        float* padded = (float*)_rows.Data + (long)row * _width;
        int width = Weights.Config.VisionHiddenSize;
        new ReadOnlySpan<float>(_source + (long)row * width, width).CopyTo(new Span<float>(padded, width));
        _kernels.Quantize(padded, _input, row);
    }

    private void Activate(int row)
    {
        float* between = (float*)_between.Data + (long)row * _middleWidth;
        int count = Weights.First.Tiles * WeightMatrix.TileRows;
        _kernels.AddTo(between, Weights.FirstBias, count);
        _kernels.Activate(Activation.Gelu, between, count);
        _kernels.Quantize(between, _middle, row);
    }

    private void Finish(int row)
    {
        float* result = (float*)_result.Data + (long)row * _resultWidth;
        _kernels.AddTo(result, Weights.SecondBias, _resultWidth);
        int width = Weights.Config.TextHiddenSize;
        new ReadOnlySpan<float>(result, width).CopyTo(new Span<float>(_target + (long)row * width, width));
    }
}
