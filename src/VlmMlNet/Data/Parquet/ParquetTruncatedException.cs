namespace VlmMlNet.Data.Parquet;

/// <summary>Metadata goes on beyond the bytes at hand.</summary>
internal sealed class ParquetTruncatedException() : ParquetFormatException("its metadata ends too early");
