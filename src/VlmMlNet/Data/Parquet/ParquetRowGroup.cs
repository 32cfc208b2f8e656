namespace VlmMlNet.Data.Parquet;

/// <summary>A horizontal part of the file.</summary>
internal sealed record ParquetRowGroup(long Rows, IReadOnlyList<ParquetChunk> Chunks);
