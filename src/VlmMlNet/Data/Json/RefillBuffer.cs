using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Json;

/// <summary>A window over a stream that moves forward: what was consumed makes room for what comes. It grows only when a
/// single item does not fit, up to a limit.</summary>
internal sealed class RefillBuffer(Stream stream, int limit) : IDisposable
{
    private byte[] _bytes = new byte[Math.Min(64 * 1024, limit)];
    private int _start;
    private int _end;

    /// <summary>A window over UTF-8 text, behind its encoding mark or at a place in the middle.</summary>
    /// <param name="stream">The text; disposed with the buffer, and if it is none.</param>
    /// <param name="source">Its name in messages.</param>
    /// <param name="limit">The limit of an item.</param>
    /// <param name="start">The place; the start of the text where it has no offset.</param>
    public static RefillBuffer OfText(Stream stream, string source, int limit, RowPlace start = default)
    {
        var buffer = new RefillBuffer(stream, limit);
        try
        {
            if (start.Offset > 0)
                buffer.Seek(start.Offset, start.Line);
            else
                TextEncodingMark.Skip(buffer, source);
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>How large an item may be, in bytes.</summary>
    public int Limit => limit;

    /// <summary>The bytes at hand, not yet consumed.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(_start, _end - _start);

    /// <summary>No bytes will follow those at hand.</summary>
    public bool IsFinal { get; private set; }

    /// <summary>Zero-based offset of the window in the file.</summary>
    public long Offset { get; private set; }

    /// <summary>One-based line of the window's start.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Goes elsewhere.</summary>
    /// <param name="offset">The byte.</param>
    /// <param name="line">Lines before it.</param>
    public void Seek(long offset, long line)
    {
        _start = _end = 0;
        IsFinal = false;
        Offset = stream.Seek(offset, SeekOrigin.Begin);
        Line = line + 1;
    }

    public void Consume(int count)
    {
        Line += _bytes.AsSpan(_start, count).Count((byte)'\n');
        Offset += count;
        _start += count;
    }

    /// <summary>Reads more behind the bytes at hand; spans taken before are void.</summary>
    /// <returns>False when the limit leaves no room.</returns>
    public bool Fill()
    {
        if (_start > 0)
        {
            Span.CopyTo(_bytes);
            _end -= _start;
            _start = 0;
        }
        if (_end == _bytes.Length)
        {
            if (_bytes.Length >= limit)
                return false;
            Array.Resize(ref _bytes, (int)Math.Min(limit, _bytes.Length * 2L));
        }
        int read = stream.Read(_bytes, _end, _bytes.Length - _end);
        _end += read;
        IsFinal = read == 0;
        return true;
    }

    public void Dispose() => stream.Dispose();
}
