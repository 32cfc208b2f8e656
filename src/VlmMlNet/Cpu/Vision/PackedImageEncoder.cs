using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Threads;
using VlmMlNet.Tensors;
using static TorchSharp.torch;

namespace VlmMlNet.Cpu.Vision;

/// <summary>An image encoder on a CPU with weights in bytes, and the threads that work on them. Callers on several threads take turns.</summary>
internal sealed unsafe class PackedImageEncoder : IDisposable
{
    private const int PatchesPerPass = 512; // more do not make it faster; fewer pictures keep its memory small
    private readonly Lock _gate = new();
    private readonly ComputeTeam _team;
    private readonly VisionPass _pass;
    private bool _isDisposed;

    /// <summary>Takes weights over.</summary>
    /// <param name="weights">Disposed with the encoder.</param>
    /// <param name="kernels">The arithmetic; null for the fastest.</param>
    public PackedImageEncoder(PackedVision weights, KernelSet? kernels = null)
    {
        Weights = weights;
        _team = new ComputeTeam(Environment.ProcessorCount);
        _pass = new VisionPass(weights, kernels ?? KernelSet.Best, _team);
    }

    /// <summary>The threads that have started; they end with the encoder.</summary>
    public IReadOnlyList<Thread> Threads => _team.Threads;

    /// <summary>The weights.</summary>
    public PackedVision Weights { get; }

    /// <summary>Encodes pictures.</summary>
    /// <param name="pixels">[pictures, channels, ImageSize, ImageSize].</param>
    /// <returns>[pictures, patches, HiddenSize], float32, on the CPU.</returns>
    public Tensor Encode(Tensor pixels)
    {
        var config = Weights.Config;
        using var scope = NewDisposeScope();
        var input = pixels.to(ScalarType.Float32, CPU).contiguous();
        int pictures = (int)input.shape[0];
        var features = empty([pictures, config.PatchCount, config.HiddenSize], ScalarType.Float32, CPU);
        float* source = TensorMemory.Pointer<float>(input), target = TensorMemory.Pointer<float>(features);
        long pixelsOf = input.numel() / Math.Max(1, pictures), featuresOf = (long)config.PatchCount * config.HiddenSize;
        int atOnce = Math.Max(1, PatchesPerPass / config.PatchCount), threads = get_num_threads();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            Weights.CheckLength();
            for (int first = 0; first < pictures; first += atOnce)
                _pass.Run(source + first * pixelsOf, Math.Min(atOnce, pictures - first), target + first * featuresOf, threads);
        }
        return features.MoveToOuterDisposeScope();
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
            _pass.Dispose();
            Weights.Dispose();
        }
    }
}
