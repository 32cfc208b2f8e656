namespace VlmMlNet.Data.Parquet;

/// <summary>Where a column's values of one row group lie.</summary>
/// <param name="Path">The column's path in the schema.</param>
/// <param name="Codec">How its pages are compressed.</param>
/// <param name="Values">How many values it has, nulls and empty lists included.</param>
/// <param name="Start">Offset of its first page in the file.</param>
/// <param name="Length">Bytes of all its pages.</param>
internal sealed record ParquetChunk(string Path, ParquetCodec Codec, long Values, long Start, long Length)
{
    /// <summary>How many of the values are null or stand for an empty list; null where the file does not say.</summary>
    public long? Nulls { get; init; }

    /// <summary>Whether the file says that one of its values has no bytes.</summary>
    public bool HasEmpty { get; init; }
}
