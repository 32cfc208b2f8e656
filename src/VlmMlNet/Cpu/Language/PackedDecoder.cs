using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Threads;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Models.Qwen2;
using static TorchSharp.torch;

namespace VlmMlNet.Cpu.Language;

/// <summary>A language model made for generating on a CPU: its weights in one precision, and the threads that work on them.
/// Sessions of several threads may use it at once; their passes take turns.</summary>
internal sealed class PackedDecoder : IDisposable
{
    private readonly Lock _gate = new();
    private readonly PackedModel _model;
    private readonly ComputeTeam _team;
    private readonly ForwardPass _pass;
    private bool _isDisposed;

    /// <summary>Takes a model over.</summary>
    /// <param name="model">The weights, disposed with the decoder.</param>
    /// <param name="kernels">The arithmetic; null for the fastest.</param>
    public PackedDecoder(PackedModel model, KernelSet? kernels = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _team = new ComputeTeam(Environment.ProcessorCount);
        _pass = new ForwardPass(model, kernels ?? KernelSet.Best, _team);
    }

    /// <summary>The threads that have started; they end with the decoder.</summary>
    public IReadOnlyList<Thread> Threads => _team.Threads;

    /// <summary>The weights.</summary>
    public PackedModel Model => _model;

    /// <summary>The model's shape.</summary>
    public Qwen2Config Config => _model.Config;

    /// <summary>How the weights are held.</summary>
    public WeightPrecision Precision => _model.Precision;

    /// <summary>Bytes of weights that a token reads.</summary>
    public long BytesPerToken => _model.BytesPerToken;

    /// <summary>Begins a session.</summary>
    /// <param name="slots">Sequences side by side.</param>
    /// <param name="capacity">Most tokens of a sequence, prompt and answer together.</param>
    /// <param name="maxThreads">Most threads that work on its tokens, the caller's included; null for libtorch's number.</param>
    public PackedSession OpenSession(int slots, int capacity, int? maxThreads = null)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (maxThreads is <= 0)
            throw new ArgumentOutOfRangeException(nameof(maxThreads), maxThreads, "It must be positive.");
        _model.CheckLength();
        return new PackedSession(this, slots, capacity, maxThreads ?? get_num_threads());
    }

    /// <summary>Computes tokens.</summary>
    /// <param name="rows">The tokens; cleared afterwards.</param>
    /// <param name="count">How many.</param>
    /// <param name="capacity">Most tokens that one of their sequences will ever hold.</param>
    /// <param name="threads">Most threads that work on them.</param>
    /// <param name="embed">Writes the embedding of each.</param>
    internal void Run(ForwardRow[] rows, int count, int capacity, int threads, EmbeddingWriter embed)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _pass.Prepare(count, capacity);
            for (int row = 0; row < count; row++)
                embed(_model.Embedding, row, _pass.Embedding(row));
            _pass.Run(rows, count, threads);
        }
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
            _model.Dispose();
        }
    }
}

/// <summary>Writes the embedding of a token of a pass.</summary>
/// <param name="table">The model's embeddings.</param>
/// <param name="row">The token's place in the pass.</param>
/// <param name="target">[HiddenSize].</param>
internal delegate void EmbeddingWriter(WeightMatrix table, int row, Span<float> target);
