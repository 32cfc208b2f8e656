namespace VlmMlNet.Data.Parquet;

/// <summary>A horizontal part of the file.</summary>
internal sealed record ParquetRowGroup(long Rows, IReadOnlyList<ParquetChunk> Chunks)
{
    /// <summary>Offset of its first column in the file.</summary>
    public long Start => Chunks.Count == 0 ? 0 : Chunks[0].Start;
}
