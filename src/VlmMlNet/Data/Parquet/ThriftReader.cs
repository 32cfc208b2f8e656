using System.Text;

namespace VlmMlNet.Data.Parquet;

/// <summary>Reads Thrift's compact protocol, in which Parquet's metadata is written, from bytes at hand. Trusts nothing:
/// no length reaches beyond the bytes, nothing is allocated for a count before its items are seen.</summary>
/// <remarks>Format: Apache Thrift, "Thrift Compact protocol encoding".</remarks>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    private const int MaxDepth = 32;
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>How many bytes were read.</summary>
    public int Position { get; private set; }

    public bool IsAtEnd => Position >= _bytes.Length;

    /// <summary>Moves to the next field of a struct.</summary>
    /// <param name="id">The field before, 0 at the start; becomes this field's number.</param>
    /// <param name="type">Its type; for a truth value, the value itself.</param>
    /// <returns>False at the struct's end.</returns>
    public bool NextField(ref int id, out ThriftType type)
    {
        byte header = ReadByte();
        type = (ThriftType)(header & 0x0F);
        if (type == ThriftType.Stop)
            return false;
        int delta = header >> 4;
        id = delta == 0 ? (short)ReadInt64() : id + delta;
        return true;
    }

    /// <summary>The next field as an integer of any width.</summary>
    public long Integer(ThriftType type)
    {
        if (type == ThriftType.Byte)
            return (sbyte)ReadByte();
        if (type is not (ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64))
            throw new ParquetFormatException($"its metadata has {type} where an integer is expected");
        return ReadInt64();
    }

    public int Int32(ThriftType type)
    {
        long value = Integer(type);
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw new ParquetFormatException("its metadata has a number beyond 32 bits");
    }

    public string Text(ThriftType type)
    {
        Expect(type, ThriftType.Binary);
        return Encoding.UTF8.GetString(ReadBytes(ReadLength()));
    }

    /// <summary>Starts a list and gives the number of its items, each of which takes at least a byte.</summary>
    public int List(ThriftType type, ThriftType itemType)
    {
        Expect(type, ThriftType.List);
        int count = ListHeader(out ThriftType found);
        if (count > 0)
            Expect(found, itemType);
        return count;
    }

    public static void Expect(ThriftType found, ThriftType expected)
    {
        if (found != expected)
            throw new ParquetFormatException($"its metadata has {found} where {expected} is expected");
    }

    /// <summary>Passes over a field of a kind that is not needed.</summary>
    public void Skip(ThriftType type) => Skip(type, 0, inCollection: false);

    private void Skip(ThriftType type, int depth, bool inCollection)
    {
        if (depth > MaxDepth)
            throw new ParquetFormatException("its metadata is nested too deeply");
        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                if (inCollection)
                    ReadByte();
                break;
            case ThriftType.Byte:
                ReadByte();
                break;
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64:
                ReadVarint();
                break;
            case ThriftType.Double:
                ReadBytes(8);
                break;
            case ThriftType.Uuid:
                ReadBytes(16);
                break;
            case ThriftType.Binary:
                ReadBytes(ReadLength());
                break;
            case ThriftType.List or ThriftType.Set:
                for (int left = ListHeader(out ThriftType item); left > 0; left--)
                    Skip(item, depth + 1, inCollection: true);
                break;
            case ThriftType.Map:
                SkipMap(depth);
                break;
            case ThriftType.Struct:
                int id = 0;
                while (NextField(ref id, out ThriftType field))
                    Skip(field, depth + 1, inCollection: false);
                break;
            default:
                throw new ParquetFormatException($"its metadata has a value of unknown type {(int)type}");
        }
    }

    private void SkipMap(int depth)
    {
        int count = ReadLength();
        if (count == 0)
            return;
        byte types = ReadByte();
        for (; count > 0; count--)
        {
            Skip((ThriftType)(types >> 4), depth + 1, inCollection: true);
            Skip((ThriftType)(types & 0x0F), depth + 1, inCollection: true);
        }
    }

    private int ListHeader(out ThriftType item)
    {
        byte header = ReadByte();
        item = (ThriftType)(header & 0x0F);
        int count = header >> 4;
        return count < 15 ? count : ReadLength();
    }

    private int ReadLength()
    {
        ulong length = ReadVarint();
        return length <= (ulong)(_bytes.Length - Position) ? (int)length : throw new ParquetTruncatedException();
    }

    private long ReadInt64()
    {
        ulong value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte b = ReadByte();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }
        throw new ParquetFormatException("its metadata has a number of more than ten bytes");
    }

    private byte ReadByte() => Position < _bytes.Length ? _bytes[Position++] : throw new ParquetTruncatedException();

    private ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count > _bytes.Length - Position)
            throw new ParquetTruncatedException();
        ReadOnlySpan<byte> result = _bytes.Slice(Position, count);
        Position += count;
        return result;
    }
}
