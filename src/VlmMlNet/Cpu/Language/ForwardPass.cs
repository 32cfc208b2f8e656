using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Threads;
using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Cpu.Language;

/// <summary>The decoder's layers over some tokens of some sequences. What a token gives does not depend on the tokens computed
/// beside it, nor on the number of threads.</summary>
internal sealed unsafe class ForwardPass : IDisposable
{
    private readonly PackedModel _model;
    private readonly KernelSet _kernels;
    private readonly ComputeTeam _team;
    private readonly MatrixProducts _projections;
    private readonly RotaryTable _rotary;
    private readonly Scratch _scratch;
    private readonly Activations _input, _attended, _middle;
    private readonly ChunkWork _prepareAttention, _place, _attend, _quantizeAttended, _prepareGate, _quantizeMiddle, _prepareHead;
    private readonly ChunkWork _projectAndAdd, _projectAndGate, _projectHead;
    private readonly int _group, _groupParts; // query heads that share keys, and in how many parts they attend

    // What the chunks of the moment work on.
    private readonly MatrixProducts.Product[] _products = new MatrixProducts.Product[2];
    private Activations _multiplied = null!;
    private readonly TilePlan _plan = new();
    private ForwardRow[] _rows = [];
    private int _count, _members, _layerIndex, _scoredCount;
    private int[] _scored = [];
    private float[] _chunkBest = [];
    private PackedLayer _layer = null!;
    private NativeBuffer _logits = new(0);

    public ForwardPass(PackedModel model, KernelSet kernels, ComputeTeam team)
    {
        (_model, _kernels, _team) = (model, kernels, team);
        var config = model.Config;
        _group = config.NumAttentionHeads / config.NumKeyValueHeads;
        _groupParts = (_group + KernelSet.HeadsAtOnce - 1) / KernelSet.HeadsAtOnce;
        _projections = new MatrixProducts(kernels, team);
        _rotary = new RotaryTable(config.HeadSize, config.RopeTheta);
        _scratch = new Scratch(config, team.MaxSize);
        (_input, _attended, _middle) = (new(kernels), new(kernels), new(kernels));
        // Made once: a token allocates nothing.
        _prepareAttention = (row, worker) => Normalize(row, row, _layer.InputNorm, worker);
        _place = (row, _) => Place(row);
        _attend = Attend;
        _quantizeAttended = (row, _) => _kernels.Quantize(_scratch.Attended + (long)row * _scratch.QueryWidth, _attended, row);
        _prepareGate = (row, worker) => Normalize(row, row, _layer.OutputNorm, worker);
        _quantizeMiddle = (row, _) => _kernels.Quantize(_scratch.Gate + (long)row * _scratch.MiddleWidth, _middle, row);
        _prepareHead = (i, worker) => Normalize(_scored[i], i, _model.Norm, worker);
        _projectAndAdd = (chunk, _) => ProjectAndAdd(chunk);
        _projectAndGate = (chunk, _) => ProjectAndGate(chunk);
        _projectHead = ProjectHead;
    }

    private long LogitsPerWorker => (long)_scoredCount * _plan.Largest * WeightMatrix.TileRows;

    /// <summary>Makes room for the embeddings of some tokens, which the caller then writes to <see cref="Embedding"/>.</summary>
    /// <param name="rows">Tokens.</param>
    /// <param name="capacity">Most tokens that one of their sequences will ever hold.</param>
    public void Prepare(int rows, int capacity)
    {
        _scratch.Prepare(rows, capacity);
        _rotary.Grow(capacity);
    }

    /// <summary>Where a token's embedding goes.</summary>
    public Span<float> Embedding(int row) => new(_scratch.Hidden + (long)row * _scratch.Width, _model.Config.HiddenSize);

    /// <summary>Computes tokens whose embeddings are written.</summary>
    /// <param name="rows">The tokens; cleared afterwards.</param>
    /// <param name="count">How many.</param>
    /// <param name="members">Threads that may work on them.</param>
    public void Run(ForwardRow[] rows, int count, int members)
    {
        (_rows, _count, _members) = (rows, count, Math.Min(members, _team.MaxSize));
        if (_scored.Length < count)
            _scored = new int[count];
        _scoredCount = 0;
        for (int row = 0; row < count; row++)
            if (rows[row].Logits is not null)
                _scored[_scoredCount++] = row;

        for (_layerIndex = 0; _layerIndex < _model.Layers.Count; _layerIndex++)
        {
            _layer = _model.Layers[_layerIndex];
            RunAttention();
            RunMlp();
        }
        if (_scoredCount > 0)
            RunHead();
        Array.Clear(_rows, 0, count); // a pass that rests holds no session
    }

    public void Dispose()
    {
        _scratch.Dispose();
        _input.Dispose();
        _attended.Dispose();
        _middle.Dispose();
        _logits.Dispose();
    }

    private void RunAttention()
    {
        _input.Prepare(_layer.Query.Format, _count, _layer.Query.Columns);
        _team.Run(_prepareAttention, _count, _members);
        _projections.Run(_input, _members, new MatrixProducts.Product(_layer.Query, _scratch.Queries, _scratch.QueryWidth),
            new MatrixProducts.Product(_layer.Key, _scratch.Keys, _scratch.KeyWidth), new MatrixProducts.Product(_layer.Value, _scratch.Values, _scratch.KeyWidth));
        _team.Run(_place, _count, _members);
        _team.Run(_attend, _count * _model.Config.NumKeyValueHeads * _groupParts, _members);
        _attended.Prepare(_layer.Output.Format, _count, _layer.Output.Columns);
        _team.Run(_quantizeAttended, _count, _members);
        _products[0] = new(_layer.Output, _scratch.Change, _scratch.Width);
        RunProducts(_projectAndAdd, _attended, _layer.Output.Tiles);
    }

    private void RunMlp()
    {
        _input.Prepare(_layer.Gate.Format, _count, _layer.Gate.Columns);
        _team.Run(_prepareGate, _count, _members);
        _products[0] = new(_layer.Gate, _scratch.Gate, _scratch.MiddleWidth);
        _products[1] = new(_layer.Up, _scratch.Up, _scratch.MiddleWidth);
        RunProducts(_projectAndGate, _input, _layer.Gate.Tiles);
        _middle.Prepare(_layer.Down.Format, _count, _layer.Down.Columns);
        _team.Run(_quantizeMiddle, _count, _members);
        _products[0] = new(_layer.Down, _scratch.Change, _scratch.Width);
        RunProducts(_projectAndAdd, _middle, _layer.Down.Tiles);
    }

    private void RunHead()
    {
        var head = _model.Head;
        _input.Prepare(head.Format, _scoredCount, head.Columns);
        _team.Run(_prepareHead, _scoredCount, _members);
        _products[0] = new(head, null, 0);
        int chunks = PlanChunks(_input, head.Tiles);
        if (_chunkBest.Length < chunks * _scoredCount)
            _chunkBest = new float[chunks * _scoredCount];
        long bytes = _team.MaxSize * LogitsPerWorker * sizeof(float);
        if (_logits.Length < bytes)
        {
            _logits.Dispose();
            _logits = new NativeBuffer(bytes, isCleared: false);
        }
        _team.Run(_projectHead, chunks, _members);
        for (int i = 0; i < _scoredCount; i++)
            FindMostLikely(i, chunks);
    }

    private void Normalize(int row, int place, float* weight, int worker)
    {
        float* normalized = _scratch.Normalized(worker);
        _kernels.Normalize(_scratch.Hidden + (long)row * _scratch.Width, weight, _model.Config.HiddenSize, (float)_model.Config.RmsNormEps, normalized);
        _kernels.Quantize(normalized, _input, place);
    }

    // Biases, positions, and into the slot's memory.
    private void Place(int row)
    {
        var config = _model.Config;
        float* q = _scratch.Queries + (long)row * _scratch.QueryWidth;
        float* k = _scratch.Keys + (long)row * _scratch.KeyWidth, v = _scratch.Values + (long)row * _scratch.KeyWidth;
        _kernels.AddTo(q, _layer.QueryBias, _layer.Query.Tiles * WeightMatrix.TileRows);
        _kernels.AddTo(k, _layer.KeyBias, _layer.Key.Tiles * WeightMatrix.TileRows);
        _kernels.AddTo(v, _layer.ValueBias, _layer.Value.Tiles * WeightMatrix.TileRows);
        int position = _rows[row].Position;
        _rotary.Turn(new Span<float>(q, config.NumAttentionHeads * config.HeadSize), position);
        _rotary.Turn(new Span<float>(k, config.NumKeyValueHeads * config.HeadSize), position);
        _rows[row].Slot.Write(_layerIndex, position, k, v);
    }

    private void Attend(int chunk, int worker)
    {
        var config = _model.Config;
        // Neighbours take different keys and values: each is read from far by one thread only.
        int head = chunk % config.NumKeyValueHeads, part = chunk / config.NumKeyValueHeads % _groupParts, row = chunk / config.NumKeyValueHeads / _groupParts;
        int firstHead = head * _group + part * KernelSet.HeadsAtOnce, heads = Math.Min(KernelSet.HeadsAtOnce, (head + 1) * _group - firstHead);
        long first = (long)row * _scratch.QueryWidth + firstHead * config.HeadSize;
        var slot = _rows[row].Slot;
        _kernels.Attend(_scratch.Queries + first, heads, config.HeadSize, slot.Format, slot.Keys(_layerIndex, head), slot.Values(_layerIndex, head), _rows[row].Seen,
            _scratch.Weights(worker), _scratch.Attended + first);
    }

    private void RunProducts(ChunkWork work, Activations x, int tiles) => _team.Run(work, PlanChunks(x, tiles), _members);

    private int PlanChunks(Activations x, int tiles)
    {
        _multiplied = x;
        return _plan.Cut(tiles, _products[0].Weights.TileBytes, x.Tokens, _members);
    }

    private void ProjectAndAdd(int chunk)
    {
        ref readonly var product = ref _products[0];
        int begin = _plan.Begin(chunk), end = _plan.End(chunk);
        _kernels.Multiply(product.Weights, _multiplied, begin, end, product.Result, product.Stride);
        for (int row = 0; row < _count; row++)
        {
            long first = (long)row * _scratch.Width + begin * WeightMatrix.TileRows;
            _kernels.AddTo(_scratch.Hidden + first, product.Result + first, (end - begin) * WeightMatrix.TileRows);
        }
    }

    private void ProjectAndGate(int chunk)
    {
        ref readonly MatrixProducts.Product gate = ref _products[0], up = ref _products[1];
        int begin = _plan.Begin(chunk), end = _plan.End(chunk);
        _kernels.Multiply(gate.Weights, _multiplied, begin, end, gate.Result, gate.Stride);
        _kernels.Multiply(up.Weights, _multiplied, begin, end, up.Result, up.Stride);
        for (int row = 0; row < _count; row++)
        {
            long first = (long)row * gate.Stride + begin * WeightMatrix.TileRows;
            _kernels.Gate(gate.Result + first, up.Result + first, (end - begin) * WeightMatrix.TileRows);
        }
    }

    // Each token's logits go to a place of their own, by way of memory that the cache holds.
    private void ProjectHead(int chunk, int worker)
    {
        int begin = _plan.Begin(chunk), end = _plan.End(chunk);
        int first = begin * WeightMatrix.TileRows, count = Math.Min(end * WeightMatrix.TileRows, _model.Config.VocabSize) - first, stride = _plan.Largest * WeightMatrix.TileRows;
        float* logits = (float*)_logits.Data + worker * LogitsPerWorker;
        _kernels.Multiply(_model.Head, _multiplied, begin, end, logits - first, stride);
        for (int i = 0; i < _scoredCount; i++, logits += stride)
        {
            new ReadOnlySpan<float>(logits, count).CopyTo(new Span<float>(_rows[_scored[i]].Logits!.Data + first, count));
            _chunkBest[chunk * _scoredCount + i] = _kernels.Largest(logits, count);
        }
    }

    // The first of the largest: in the first of the chunks that hold it.
    private void FindMostLikely(int scored, int chunks)
    {
        int best = 0;
        for (int chunk = 1; chunk < chunks; chunk++)
            if (_chunkBest[chunk * _scoredCount + scored] > _chunkBest[best * _scoredCount + scored])
                best = chunk;
        var logits = _rows[_scored[scored]].Logits!;
        int first = _plan.Begin(best) * WeightMatrix.TileRows;
        var span = new ReadOnlySpan<float>(logits.Data, _model.Config.VocabSize)[first..];
        logits.MostLikely = first + Math.Max(0, span.IndexOf(_chunkBest[best * _scoredCount + scored]));
    }
}
