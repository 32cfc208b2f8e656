using VlmMlNet.Models;

namespace VlmMlNet.Generation.Packed;

/// <summary>Keys and values of one sequence, in floats.</summary>
/// <remarks>Of each layer and each head of keys first the keys in blocks of 16 tokens, [block][element][token of the block], so that
/// a query meets 16 keys at once; then the values, [token][element]. Heads are padded to 16 elements.</remarks>
internal sealed unsafe class SlotMemory : IDisposable
{
    private const int BlockTokens = 16;
    private readonly NativeBuffer _buffer;
    private readonly int _heads, _headSize, _paddedSize, _capacity;

    public SlotMemory(Qwen2Config config, int capacity)
    {
        (_heads, _headSize, _paddedSize) = (config.NumKeyValueHeads, config.HeadSize, Pad(config.HeadSize));
        _capacity = (capacity + BlockTokens - 1) / BlockTokens * BlockTokens;
        _buffer = new NativeBuffer(checked(2L * config.NumHiddenLayers * _heads * _capacity * _paddedSize * sizeof(float)), isCleared: false);
    }

    /// <summary>Tokens that are held.</summary>
    public int Length { get; set; }

    public static int Pad(int headSize) => (headSize + 15) / 16 * 16;

    public float* Keys(int layer, int head) => (float*)_buffer.Data + 2L * (layer * _heads + head) * _capacity * _paddedSize;

    public float* Values(int layer, int head) => Keys(layer, head) + (long)_capacity * _paddedSize;

    /// <summary>Stores a token's keys and values of a layer, [heads, headSize] each.</summary>
    public void Write(int layer, int position, float* keys, float* values)
    {
        for (int head = 0; head < _heads; head++, keys += _headSize, values += _headSize)
        {
            float* block = Keys(layer, head) + (long)(position / BlockTokens) * BlockTokens * _paddedSize + position % BlockTokens;
            float* row = Values(layer, head) + (long)position * _paddedSize;
            for (int d = 0; d < _headSize; d++)
            {
                block[d * BlockTokens] = keys[d];
                row[d] = values[d];
            }
            for (int d = _headSize; d < _paddedSize; d++)
                row[d] = 0;
        }
    }

    public void CopyFrom(SlotMemory other, int layers)
    {
        long tokens = (other.Length + BlockTokens - 1) / BlockTokens * BlockTokens;
        long bytes = tokens * _paddedSize * sizeof(float);
        for (int layer = 0; layer < layers; layer++)
            for (int head = 0; head < _heads; head++)
            {
                Buffer.MemoryCopy(other.Keys(layer, head), Keys(layer, head), bytes, bytes);
                Buffer.MemoryCopy(other.Values(layer, head), Values(layer, head), bytes, bytes);
            }
        Length = other.Length;
    }

    public void Dispose() => _buffer.Dispose();
}
