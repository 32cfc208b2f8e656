namespace VlmMlNet.Data.Parquet;

/// <summary>What stands before a page's bytes.</summary>
/// <remarks>Field numbers: parquet-format, parquet.thrift.</remarks>
internal sealed class ParquetPageHeader
{
    public const int DataPage = 0, DictionaryPage = 2, DataPageV2 = 3;

    public int Type { get; private set; } = -1;

    public int UncompressedSize { get; private set; } = -1;

    public int CompressedSize { get; private set; } = -1;

    public int Values { get; private set; } = -1;

    public int Encoding { get; private set; }

    /// <summary>Encodings of the levels; of version 1 alone.</summary>
    public int DefinitionEncoding { get; private set; } = ParquetEncoding.Rle;

    public int RepetitionEncoding { get; private set; } = ParquetEncoding.Rle;

    /// <summary>Bytes of the levels, which precede the compressed values; of version 2 alone.</summary>
    public int DefinitionBytes { get; private set; }

    public int RepetitionBytes { get; private set; }

    public bool IsCompressed { get; private set; } = true;

    public static ParquetPageHeader Read(ref ThriftReader reader)
    {
        var header = new ParquetPageHeader();
        int id = 0;
        while (reader.NextField(ref id, out ThriftType type))
        {
            switch (id)
            {
                case 1: header.Type = reader.Int32(type); break;
                case 2: header.UncompressedSize = reader.Int32(type); break;
                case 3: header.CompressedSize = reader.Int32(type); break;
                case 5 or 7 or 8: header.ReadDetails(ref reader, type, id); break;
                default: reader.Skip(type); break;
            }
        }
        return header;
    }

    /// <param name="reader">Stands before the details.</param>
    /// <param name="type">Their type.</param>
    /// <param name="kind">5 for a data page, 7 for a dictionary, 8 for a data page of version 2.</param>
    private void ReadDetails(ref ThriftReader reader, ThriftType type, int kind)
    {
        ThriftReader.Expect(type, ThriftType.Struct);
        int id = 0;
        while (reader.NextField(ref id, out ThriftType field))
        {
            switch (kind, id)
            {
                case (_, 1): Values = reader.Int32(field); break;
                case (5 or 7, 2) or (8, 4): Encoding = reader.Int32(field); break;
                case (5, 3): DefinitionEncoding = reader.Int32(field); break;
                case (5, 4): RepetitionEncoding = reader.Int32(field); break;
                case (8, 5): DefinitionBytes = reader.Int32(field); break;
                case (8, 6): RepetitionBytes = reader.Int32(field); break;
                case (8, 7): IsCompressed = field != ThriftType.False; break;
                default: reader.Skip(field); break;
            }
        }
    }
}
