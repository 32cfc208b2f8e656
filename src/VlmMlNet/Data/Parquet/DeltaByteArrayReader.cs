namespace VlmMlNet.Data.Parquet;

/// <summary>Reads byte arrays of which the start that is equal to the one before is left out (DELTA_BYTE_ARRAY).</summary>
internal sealed class DeltaByteArrayReader : ValueReader
{
    private readonly DeltaLengthReader _ends;
    private DeltaReader _starts;
    private byte[] _last = [];

    public DeltaByteArrayReader(ReadOnlyMemory<byte> bytes)
    {
        _starts = new DeltaReader(bytes);
        _ends = new DeltaLengthReader(_starts.Behind());
    }

    public override ReadOnlyMemory<byte> Next()
    {
        long start = _starts.Next();
        ReadOnlyMemory<byte> end = _ends.Next();
        if (start < 0 || start > _last.Length)
            throw new ParquetFormatException("a value continues more of the one before than that has");
        var value = new byte[start + end.Length];
        _last.AsSpan(0, (int)start).CopyTo(value);
        end.Span.CopyTo(value.AsSpan((int)start));
        return _last = value;
    }
}
