using VlmMlNet.Cpu.Weights;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Tensors;

namespace VlmMlNet.Cpu.Language;

/// <summary>Keys and values of one sequence, in floats or bfloat16.</summary>
/// <remarks>Of each layer and each head of keys first the keys in blocks of 16 tokens, [block][element][token of the block], so that
/// a query meets 16 keys at once; then the values, [token][element]. Heads are padded to 16 elements.</remarks>
internal sealed unsafe class SlotMemory : IDisposable
{
    private const int BlockTokens = 16;
    private readonly NativeBuffer _buffer;
    private readonly int _heads, _headSize, _paddedSize, _capacity, _size;

    /// <param name="config">The model's shape.</param>
    /// <param name="capacity">Most tokens.</param>
    /// <param name="format"><see cref="WeightFormat.Float32"/> or <see cref="WeightFormat.BFloat16"/>.</param>
    public SlotMemory(Qwen2Config config, int capacity, WeightFormat format)
    {
        (Format, _size) = (format, format == WeightFormat.Float32 ? sizeof(float) : sizeof(ushort));
        (_heads, _headSize, _paddedSize) = (config.NumKeyValueHeads, config.HeadSize, Pad(config.HeadSize));
        _capacity = (capacity + BlockTokens - 1) / BlockTokens * BlockTokens;
        _buffer = new NativeBuffer(checked(2L * config.NumHiddenLayers * _heads * _capacity * _paddedSize * _size), isCleared: false);
    }

    public WeightFormat Format { get; }

    /// <summary>Tokens that are held.</summary>
    public int Length { get; set; }

    public static int Pad(int headSize) => (headSize + 15) / 16 * 16;

    public byte* Keys(int layer, int head) => _buffer.Data + 2L * (layer * _heads + head) * _capacity * _paddedSize * _size;

    public byte* Values(int layer, int head) => Keys(layer, head) + (long)_capacity * _paddedSize * _size;

    /// <summary>Stores a token's keys and values of a layer, [heads, headSize] each.</summary>
    public void Write(int layer, int position, float* keys, float* values)
    {
        for (int head = 0; head < _heads; head++, keys += _headSize, values += _headSize)
        {
            long block = (long)(position / BlockTokens) * BlockTokens * _paddedSize + position % BlockTokens, row = (long)position * _paddedSize;
            if (Format == WeightFormat.Float32)
                Write(keys, values, (float*)Keys(layer, head) + block, (float*)Values(layer, head) + row);
            else
                Write(keys, values, (ushort*)Keys(layer, head) + block, (ushort*)Values(layer, head) + row);
        }
    }

    public void CopyFrom(SlotMemory other, int layers)
    {
        long tokens = (other.Length + BlockTokens - 1) / BlockTokens * BlockTokens;
        long bytes = tokens * _paddedSize * _size;
        for (int layer = 0; layer < layers; layer++)
            for (int head = 0; head < _heads; head++)
            {
                Buffer.MemoryCopy(other.Keys(layer, head), Keys(layer, head), bytes, bytes);
                Buffer.MemoryCopy(other.Values(layer, head), Values(layer, head), bytes, bytes);
            }
        Length = other.Length;
    }

    public void Dispose() => _buffer.Dispose();

    private void Write(float* keys, float* values, float* block, float* row)
    {
        for (int d = 0; d < _headSize; d++)
        {
            block[d * BlockTokens] = keys[d];
            row[d] = values[d];
        }
        new Span<float>(row + _headSize, _paddedSize - _headSize).Clear();
    }

    private void Write(float* keys, float* values, ushort* block, ushort* row)
    {
        for (int d = 0; d < _headSize; d++)
        {
            block[d * BlockTokens] = BFloat16.Round(keys[d]);
            row[d] = BFloat16.Round(values[d]);
        }
        new Span<ushort>(row + _headSize, _paddedSize - _headSize).Clear();
    }
}
