using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Lines;

/// <summary>Reads a UTF-8 text line by line through a bounded buffer. Lines end with LF or CR LF.</summary>
internal sealed class LineReader : IDisposable
{
    /// <summary>The longest line.</summary>
    public const int MaxLineBytes = 64 * 1024 * 1024;

    private readonly RefillBuffer _buffer;
    private readonly string _source;
    private int _length;
    private int _consume;

    /// <param name="stream">The text; disposed with the reader.</param>
    /// <param name="source">Its name in messages.</param>
    /// <param name="start">A line's <see cref="Offset"/> and the lines before it, to start with that line.</param>
    /// <param name="maxLineBytes">The limit of a line and of the buffer.</param>
    public LineReader(Stream stream, string source, RowPlace start = default, int maxLineBytes = MaxLineBytes)
    {
        _buffer = RefillBuffer.OfText(stream, source, maxLineBytes, start);
        _source = source;
    }

    /// <summary>The line without its end; void at the next call.</summary>
    public ReadOnlySpan<byte> Line => _buffer.Span[.._length];

    /// <summary>The byte of the text that it starts at.</summary>
    public long Offset => _buffer.Offset;

    /// <summary>Its number, one-based.</summary>
    public long Number => _buffer.Line;

    /// <summary>Moves to the next line; false behind the last.</summary>
    public bool TryRead()
    {
        _buffer.Consume(_consume);
        _consume = _length = 0;
        int searched = 0;
        while (true)
        {
            ReadOnlySpan<byte> bytes = _buffer.Span;
            int end = bytes[searched..].IndexOf((byte)'\n');
            if (end >= 0)
            {
                _length = searched + end;
                _consume = _length + 1;
                break;
            }
            if (_buffer.IsFinal)
            {
                if (bytes.IsEmpty)
                    return false;
                _length = _consume = bytes.Length;
                break;
            }
            searched = bytes.Length;
            if (!_buffer.Fill())
                throw new MalformedInputException(_source, $"line {Number} is longer than the {_buffer.Limit} bytes that a row may have", "Is this a text file with one row a line?");
        }
        if (_length > 0 && _buffer.Span[_length - 1] == '\r')
            _length--;
        return true;
    }

    public void Dispose() => _buffer.Dispose();
}
