namespace VlmMlNet.Data.Parquet;

/// <summary>Reads integers of which the differences are stored in packed bits (DELTA_BINARY_PACKED), one at a time.</summary>
/// <remarks>Layout: parquet-format, Encodings.md. Blocks of a multiple of 128 values, cut into parts of a multiple of 32;
/// each block has the smallest difference and the width of the numbers in each part.</remarks>
internal struct DeltaReader
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly int _partsInBlock;
    private readonly int _valuesInPart;
    private readonly int _widths; // bytes of widths in a block
    private long _left;
    private long _value;
    private long _smallest;
    private int _position;
    private int _widthPosition;
    private int _partsLeft;
    private int _inPart;
    private int _width;
    private int _partStart;

    public DeltaReader(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        ulong block = ReadVarint(), parts = ReadVarint(), count = ReadVarint();
        _value = ReadZigzag();
        if (parts is 0 or > 1024 || block is 0 or > 1 << 20 || block % parts != 0 || block / parts % 8 != 0 || count > int.MaxValue)
            throw new ParquetFormatException($"a page states impossible blocks of differences ({block}, {parts}, {count})");
        _partsInBlock = _widths = (int)parts;
        _valuesInPart = (int)(block / parts);
        Count = (int)count;
        _left = Count;
    }

    /// <summary>How many integers there are.</summary>
    public int Count { get; }

    /// <summary>The bytes behind the last integer; to be asked for before the first one is read.</summary>
    public readonly ReadOnlyMemory<byte> Behind()
    {
        DeltaReader ahead = this;
        long differences = Count - 1L;
        while (differences > 0)
        {
            ahead.StartBlock();
            for (int part = 0; part < _partsInBlock && differences > 0; part++, differences -= _valuesInPart)
                ahead.StartPart();
        }
        return _bytes[ahead._position..];
    }

    public long Next()
    {
        if (_left == 0)
            throw new ParquetFormatException("a page has fewer values than it announces");
        long value = _value;
        if (--_left > 0)
        {
            if (_inPart == 0)
            {
                if (_partsLeft == 0)
                    StartBlock();
                StartPart();
            }
            int place = _valuesInPart - _inPart--;
            _value = unchecked(_value + _smallest + (long)ReadBits((long)place * _width));
        }
        return value;
    }

    private void StartBlock()
    {
        _smallest = ReadZigzag();
        _widthPosition = _position;
        _partsLeft = _partsInBlock;
        Advance(_widths);
    }

    private void StartPart()
    {
        _width = _bytes.Span[_widthPosition++];
        if (_width > 64)
            throw new ParquetFormatException($"a page packs numbers of {_width} bits");
        _partsLeft--;
        _inPart = _valuesInPart;
        _partStart = _position;
        Advance(_valuesInPart / 8 * _width);
    }

    private void Advance(int count)
    {
        if (count > _bytes.Length - _position)
            throw new ParquetFormatException("a page has fewer values than it announces");
        _position += count;
    }

    private readonly ulong ReadBits(long bit)
    {
        if (_width == 0)
            return 0;
        ReadOnlySpan<byte> bytes = _bytes.Span[(_partStart + (int)(bit / 8))..];
        int shift = (int)(bit % 8), have = 8 - shift;
        ulong value = (ulong)bytes[0] >> shift;
        for (int i = 1; have < _width; i++, have += 8)
            value |= (ulong)bytes[i] << have;
        return _width == 64 ? value : value & ((1UL << _width) - 1);
    }

    private long ReadZigzag()
    {
        ulong value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong ReadVarint()
    {
        ReadOnlySpan<byte> bytes = _bytes.Span;
        ulong value = 0;
        for (int shift = 0; shift < 64 && _position < bytes.Length; shift += 7)
        {
            byte b = bytes[_position++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }
        throw new ParquetFormatException("a page has fewer values than it announces");
    }
}
