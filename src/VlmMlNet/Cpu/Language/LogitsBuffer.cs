using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Cpu.Language;

/// <summary>The logits of a slot.</summary>
internal sealed unsafe class LogitsBuffer(int vocabSize) : IDisposable
{
    private readonly NativeBuffer _buffer = new((long)WeightMatrix.TilesOf(vocabSize) * WeightMatrix.TileRows * sizeof(float));

    public float* Data => (float*)_buffer.Data;

    /// <summary>The first of the largest, when they were computed.</summary>
    public int MostLikely { get; set; }

    public void CopyFrom(LogitsBuffer other)
    {
        Buffer.MemoryCopy(other.Data, Data, _buffer.Length, _buffer.Length);
        MostLikely = other.MostLikely;
    }

    public void Dispose() => _buffer.Dispose();
}
