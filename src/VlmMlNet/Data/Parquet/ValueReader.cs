namespace VlmMlNet.Data.Parquet;

/// <summary>Reads the values of a page, nulls left out, one after the other.</summary>
internal abstract class ValueReader
{
    /// <summary>The next value as stored; integers little endian.</summary>
    public abstract ReadOnlyMemory<byte> Next();

    /// <param name="leaf">The column.</param>
    /// <param name="encoding">How the values are written.</param>
    /// <param name="bytes">The values.</param>
    /// <param name="dictionary">The column's distinct values, where it has a dictionary.</param>
    public static ValueReader Create(ParquetNode leaf, int encoding, ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte>[]? dictionary) => (encoding, leaf.Type) switch
    {
        (ParquetEncoding.Plain, _) => new PlainReader(bytes, leaf),
        (ParquetEncoding.PlainDictionary or ParquetEncoding.RleDictionary, _) =>
            new DictionaryReader(bytes, dictionary ?? throw new ParquetFormatException("a page refers to a dictionary that is not there")),
        (ParquetEncoding.DeltaBinaryPacked, ParquetType.Int32 or ParquetType.Int64) => new DeltaIntegerReader(bytes, leaf.Type == ParquetType.Int32 ? 4 : 8),
        (ParquetEncoding.DeltaLengthByteArray, ParquetType.ByteArray) => new DeltaLengthReader(bytes),
        (ParquetEncoding.DeltaByteArray, ParquetType.ByteArray) => new DeltaByteArrayReader(bytes),
        _ => throw new ParquetFormatException($"column '{leaf.Path}' ({leaf.Type}) is written in encoding {encoding}, which is not read here") { Remedy = "Write the file again with the usual options." },
    };
}
