using System.Buffers.Binary;

namespace VlmMlNet.Data.Parquet;

/// <summary>Reads values that are stored one behind the other.</summary>
internal sealed class PlainReader : ValueReader
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly int _length;
    private int _position;

    /// <param name="bytes">The values.</param>
    /// <param name="leaf">The column, whose type gives the length of a value.</param>
    public PlainReader(ReadOnlyMemory<byte> bytes, ParquetNode leaf)
    {
        _bytes = bytes;
        _length = leaf.Type switch
        {
            ParquetType.ByteArray => -1,
            ParquetType.Int32 or ParquetType.Float => 4,
            ParquetType.Int64 or ParquetType.Double => 8,
            ParquetType.Int96 => 12,
            ParquetType.FixedLengthByteArray => leaf.TypeLength,
            _ => throw new ParquetFormatException($"column '{leaf.Path}' has values of type {leaf.Type}, which are not read here") { Remedy = "Write the file again with the usual options." },
        };
    }

    public override ReadOnlyMemory<byte> Next()
    {
        int length = _length;
        if (length < 0)
        {
            if (_bytes.Length - _position < 4)
                throw new ParquetFormatException("a page has fewer values than it announces");
            length = BinaryPrimitives.ReadInt32LittleEndian(_bytes.Span[_position..]);
            _position += 4;
        }
        if (length < 0 || length > _bytes.Length - _position)
            throw new ParquetFormatException("a value reaches beyond its page");
        ReadOnlyMemory<byte> value = _bytes.Slice(_position, length);
        _position += length;
        return value;
    }
}
