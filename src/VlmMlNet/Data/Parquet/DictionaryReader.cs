namespace VlmMlNet.Data.Parquet;

/// <summary>Reads values that are stored as places in a dictionary.</summary>
internal sealed class DictionaryReader(ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte>[] dictionary) : ValueReader
{
    private RleReader _places = bytes.IsEmpty ? default : new RleReader(bytes[1..], bytes.Span[0]);

    public override ReadOnlyMemory<byte> Next()
    {
        uint place = _places.Next();
        return place < dictionary.Length
            ? dictionary[place]
            : throw new ParquetFormatException($"a page refers to entry {place} of a dictionary of {dictionary.Length}");
    }
}
