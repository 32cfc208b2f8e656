namespace VlmMlNet.Data.Parquet;

/// <summary>How the values of a page are written.</summary>
internal static class ParquetEncoding
{
    public const int Plain = 0, PlainDictionary = 2, Rle = 3, DeltaBinaryPacked = 5, DeltaLengthByteArray = 6, DeltaByteArray = 7, RleDictionary = 8;
}
