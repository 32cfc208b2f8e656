namespace VlmMlNet.Data.Parquet;

/// <summary>Reads numbers from Parquet's hybrid of run lengths and packed bits, one at a time.</summary>
internal struct RleReader
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly int _width;
    private int _position;
    private long _runLeft;
    private uint _runValue;
    private int _packedLeft;
    private int _packedBit;
    private int _packedStart;

    /// <param name="bytes">The runs.</param>
    /// <param name="width">Bits of a number, at most 32; with 0 all numbers are 0 and nothing is stored.</param>
    public RleReader(ReadOnlyMemory<byte> bytes, int width)
    {
        if (width is < 0 or > 32)
            throw new ParquetFormatException($"a page packs numbers of {width} bits");
        _bytes = bytes;
        _width = width;
    }

    public uint Next()
    {
        if (_width == 0)
            return 0;
        while (_runLeft == 0 && _packedLeft == 0)
            ReadHeader();
        if (_runLeft > 0)
        {
            _runLeft--;
            return _runValue;
        }
        _packedLeft--;
        uint value = ReadBits(_packedStart, _packedBit);
        _packedBit += _width;
        // Whole groups of eight, so that an int counts bits of a run up to 256 MB: restart the count in each group.
        if (_packedBit == _width * 8)
        {
            _packedBit = 0;
            _packedStart += _width;
        }
        return value;
    }

    private void ReadHeader()
    {
        ReadOnlySpan<byte> bytes = _bytes.Span;
        uint header = 0;
        for (int shift = 0; ; shift += 7)
        {
            if (_position >= bytes.Length || shift > 28)
                throw new ParquetFormatException("a page has fewer values than it announces");
            byte b = bytes[_position++];
            header |= (uint)(b & 0x7F) << shift;
            if (b < 0x80)
                break;
        }
        if ((header & 1) == 0)
        {
            int width = (_width + 7) / 8;
            if (bytes.Length - _position < width)
                throw new ParquetFormatException("a page has fewer values than it announces");
            _runValue = 0;
            for (int i = 0; i < width; i++)
                _runValue |= (uint)bytes[_position++] << (8 * i);
            _runLeft = header >> 1;
            return;
        }
        // The last run may be cut off behind its last used byte.
        long groups = header >> 1;
        long available = Math.Min(groups * _width, bytes.Length - _position);
        _packedStart = _position;
        _packedBit = 0;
        _packedLeft = (int)Math.Min(groups * 8, available * 8 / _width);
        _position += (int)available;
        if (_packedLeft == 0 && groups > 0)
            throw new ParquetFormatException("a page has fewer values than it announces");
    }

    private readonly uint ReadBits(int start, int bit)
    {
        ReadOnlySpan<byte> bytes = _bytes.Span;
        int position = start + bit / 8;
        int shift = bit % 8;
        ulong value = 0;
        int needed = (shift + _width + 7) / 8;
        for (int i = 0; i < needed; i++)
            value |= (ulong)bytes[position + i] << (8 * i);
        return (uint)(value >> shift) & (uint)((1UL << _width) - 1);
    }
}
