using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Language;
using VlmMlNet.Cpu.Threads;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Models.Siglip;

namespace VlmMlNet.Cpu.Vision;

/// <summary>SigLIP's layers over the patches of some pictures. What a picture gives does not depend on the others, nor on the
/// number of threads.</summary>
internal sealed unsafe class VisionPass : IDisposable
{
    private readonly PackedVision _weights;
    private readonly SiglipVisionConfig _config;
    private readonly KernelSet _kernels;
    private readonly ComputeTeam _team;
    private readonly MatrixProducts _products;
    private readonly Activations _input, _attended, _middle;
    private readonly VisionScratch _scratch;
    private readonly ChunkWork _cut, _place, _prepareAttention, _attend, _quantizeAttended, _prepareMlp, _activate, _finish;
    private readonly int _patches, _width, _headSize;

    // What the chunks of the moment work on.
    private float* _pixels, _features;
    private PackedVisionLayer _layer = null!;
    private float* _pendingBias; // of what is to be added to the residual stream; null for nothing

    public VisionPass(PackedVision weights, KernelSet kernels, ComputeTeam team)
    {
        (_weights, _config, _kernels, _team) = (weights, weights.Config, kernels, team);
        (_patches, _width, _headSize) = (_config.PatchCount, _config.HiddenSize, _config.HiddenSize / _config.NumAttentionHeads);
        _products = new MatrixProducts(kernels, team);
        (_input, _attended, _middle) = (new(kernels), new(kernels), new(kernels));
        _scratch = new VisionScratch(_config, weights.PatchEmbedding.PaddedColumns, team.MaxSize);
        // Made once: a picture allocates nothing.
        _cut = (row, _) => Cut(row);
        _place = (row, _) => Place(row);
        _prepareAttention = (row, worker) => Prepare(row, _layer.First, worker);
        _attend = Attend;
        _quantizeAttended = (row, _) => _kernels.Quantize(_scratch.Attended + (long)row * _scratch.Width, _attended, row);
        _prepareMlp = (row, worker) => Prepare(row, _layer.Second, worker);
        _activate = (row, _) => Activate(row);
        _finish = (row, _) => Finish(row);
    }

    /// <summary>Encodes pictures.</summary>
    /// <param name="pixels">[pictures, channels, ImageSize, ImageSize].</param>
    /// <param name="pictures">How many.</param>
    /// <param name="features">[pictures, patches, HiddenSize], written.</param>
    /// <param name="members">Threads that may work on it.</param>
    public void Run(float* pixels, int pictures, float* features, int members)
    {
        int rows = pictures * _patches;
        _pixels = pixels;
        _features = features;
        _scratch.Prepare(rows);

        _input.Prepare(WeightFormat.Float32, rows, _weights.PatchEmbedding.Columns);
        _team.Run(_cut, rows, members);
        _products.Run(_input, members, new MatrixProducts.Product(_weights.PatchEmbedding, _scratch.Hidden, _scratch.Width));
        _team.Run(_place, rows, members);
        _pendingBias = null;
        foreach (var layer in _weights.Layers)
        {
            _layer = layer;
            _input.Prepare(WeightFormat.Int8, rows, _width);
            _team.Run(_prepareAttention, rows, members);
            _products.Run(_input, members, new MatrixProducts.Product(layer.Query, _scratch.Queries, _scratch.Width),
                new MatrixProducts.Product(layer.Key, _scratch.Keys, _scratch.Width), new MatrixProducts.Product(layer.Value, _scratch.Values, _scratch.Width));
            _team.Run(_attend, pictures * _config.NumAttentionHeads, members);
            _attended.Prepare(WeightFormat.Int8, rows, _width);
            _team.Run(_quantizeAttended, rows, members);
            _products.Run(_attended, members, new MatrixProducts.Product(layer.Output, _scratch.Change, _scratch.Width));
            _pendingBias = layer.OutputBias;

            _input.Prepare(WeightFormat.Int8, rows, _width);
            _team.Run(_prepareMlp, rows, members);
            _products.Run(_input, members, new MatrixProducts.Product(layer.Up, _scratch.Middle, _scratch.MiddleWidth));
            _middle.Prepare(WeightFormat.Int8, rows, _config.IntermediateSize);
            _team.Run(_activate, rows, members);
            _products.Run(_middle, members, new MatrixProducts.Product(layer.Down, _scratch.Change, _scratch.Width));
            _pendingBias = layer.DownBias;
        }
        _team.Run(_finish, rows, members);
    }

    public void Dispose()
    {
        _scratch.Dispose();
        _input.Dispose();
        _attended.Dispose();
        _middle.Dispose();
    }

    // A patch's pixels, channel by channel, as the convolution's weights have them.
    private void Cut(int row)
    {
        int size = _config.ImageSize, patch = _config.PatchSize, side = size / patch, place = row % _patches;
        float* corner = _pixels + (long)(row / _patches) * _config.NumChannels * size * size + (long)(place / side) * patch * size + place % side * patch;
        float* target = _scratch.Patches + (long)row * _scratch.PatchWidth;
        float* to = target;
        for (int channel = 0; channel < _config.NumChannels; channel++, corner += (long)size * size)
            for (int y = 0; y < patch; y++, to += patch)
                new ReadOnlySpan<float>(corner + (long)y * size, patch).CopyTo(new Span<float>(to, patch));
        _kernels.Quantize(target, _input, row);
    }

    private void Place(int row)
    {
        float* hidden = _scratch.Hidden + (long)row * _scratch.Width;
        _kernels.AddTo(hidden, _weights.PatchBias, _weights.PatchEmbedding.Tiles * WeightMatrix.TileRows);
        _kernels.AddTo(hidden, (float*)_weights.Positions.Data + (long)(row % _patches) * _weights.Positions.PaddedColumns, _weights.Positions.PaddedColumns);
    }

    // What the block before computed comes into the residual stream here, while the row is at hand.
    private void Prepare(int row, PackedVisionLayer.Norm norm, int worker)
    {
        float* normalized = _scratch.Normalized(worker);
        Normalize(row, norm, normalized);
        _kernels.Quantize(normalized, _input, row);
    }

    private void Normalize(int row, PackedVisionLayer.Norm norm, float* normalized)
    {
        float* hidden = _scratch.Hidden + (long)row * _scratch.Width;
        if (_pendingBias is not null)
        {
            int count = _layer.Down.Tiles * WeightMatrix.TileRows;
            _kernels.AddTo(hidden, _scratch.Change + (long)row * _scratch.Width, count);
            _kernels.AddTo(hidden, _pendingBias, count);
        }
        _kernels.LayerNorm(hidden, norm.Weight, norm.Bias, _width, (float)_config.LayerNormEps, normalized);
    }

    private void Finish(int row)
    {
        float* hidden = _scratch.Change + (long)row * _scratch.Width; // its content is added before it is overwritten
        Normalize(row, _weights.Last, hidden);
        new ReadOnlySpan<float>(hidden, _width).CopyTo(new Span<float>(_features + (long)row * _width, _width));
    }

    private void Activate(int row)
    {
        float* middle = _scratch.Middle + (long)row * _scratch.MiddleWidth;
        int count = _layer.Up.Tiles * WeightMatrix.TileRows;
        _kernels.AddTo(middle, _layer.UpBias, count);
        _kernels.Activate(_config.HiddenAct, middle, count);
        _kernels.Quantize(middle, _middle, row);
    }

    // One head of one picture: all its patches attend to all.
    private void Attend(int chunk, int worker)
    {
        int picture = chunk / _config.NumAttentionHeads, at = chunk % _config.NumAttentionHeads * _headSize, stride = _scratch.Width;
        long first = (long)picture * _patches * stride + at;
        float* keys = _scratch.HeadKeys(worker), values = _scratch.HeadValues(worker), queries = _scratch.HeadQueries(worker), result = queries + KernelSet.HeadsAtOnce * _headSize;
        int padded = SlotMemory.Pad(_headSize);
        for (int token = 0; token < _patches; token++)
        {
            float* k = _scratch.Keys + first + (long)token * stride, v = _scratch.Values + first + (long)token * stride;
            float* block = keys + token / 16 * 16 * padded + token % 16;
            for (int d = 0; d < _headSize; d++)
            {
                block[d * 16] = k[d] + _layer.KeyBias[at + d];
                values[token * padded + d] = v[d] + _layer.ValueBias[at + d];
            }
        }
        for (int token = 0; token < _patches; token += KernelSet.HeadsAtOnce)
        {
            int count = Math.Min(KernelSet.HeadsAtOnce, _patches - token);
            for (int i = 0; i < count; i++)
            {
                float* q = _scratch.Queries + first + (long)(token + i) * stride;
                for (int d = 0; d < _headSize; d++)
                    queries[i * _headSize + d] = q[d] + _layer.QueryBias[at + d];
            }
            // Patches that ask for the same keys are to the kernel what heads are that share them.
            _kernels.Attend(queries, count, _headSize, WeightFormat.Float32, keys, values, _patches, _scratch.Weights(worker), result);
            for (int i = 0; i < count; i++)
                new ReadOnlySpan<float>(result + i * _headSize, _headSize).CopyTo(new Span<float>(_scratch.Attended + first + (long)(token + i) * stride, _headSize));
        }
    }
}
