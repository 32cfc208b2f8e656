namespace VlmMlNet.Data.Parquet;

/// <summary>Reads byte arrays whose lengths are stored first (DELTA_LENGTH_BYTE_ARRAY).</summary>
internal sealed class DeltaLengthReader : ValueReader
{
    private readonly ReadOnlyMemory<byte> _values;
    private DeltaReader _lengths;
    private int _position;

    public DeltaLengthReader(ReadOnlyMemory<byte> bytes)
    {
        _lengths = new DeltaReader(bytes);
        _values = _lengths.Behind();
    }

    public override ReadOnlyMemory<byte> Next()
    {
        long length = _lengths.Next();
        if (length < 0 || length > _values.Length - _position)
            throw new ParquetFormatException("a value reaches beyond its page");
        ReadOnlyMemory<byte> value = _values.Slice(_position, (int)length);
        _position += (int)length;
        return value;
    }
}
