using System.Text.Json;
using VlmMlNet.Data.Lines;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Json;

/// <summary>Reads rows of JSON one by one: the elements of one array (.json), or the lines of a file (.jsonl).</summary>
internal sealed class JsonRowReader : IDisposable
{
    private readonly StreamingJsonReader? _array;
    private readonly LineReader? _lines;
    private long _row;

    private JsonRowReader(StreamingJsonReader? array, LineReader? lines, long firstRow)
    {
        _array = array;
        _lines = lines;
        _row = firstRow - 1;
    }

    /// <summary>The row's bytes; void at the next call. Of a line it is not known whether they are JSON.</summary>
    public ReadOnlySpan<byte> Value => _array is null ? _lines!.Line : _array.Value;

    /// <summary>The row's zero-based number; empty lines do not count.</summary>
    public long Row => _array?.Row ?? _row;

    /// <summary>The byte of the file that the row starts at.</summary>
    public long Offset => _array?.Offset ?? _lines!.Offset;

    /// <summary>Lines of the file before the row's.</summary>
    public long Line => (_array?.Line ?? _lines!.Number) - 1;

    /// <summary>The one-based line and the byte that the row starts at.</summary>
    public (long Line, long? Offset) Place => (Line + 1, Offset);

    /// <summary>Where the row starts, for messages.</summary>
    public string Position => _array is null ? $"line {_lines!.Number}" : _array.Position;

    /// <summary>Opens a file; one that starts with an object is taken for lines.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">What is said of a file that starts otherwise.</param>
    /// <param name="remedy">What can be done then.</param>
    /// <param name="start">A row's <see cref="Row"/>, <see cref="Offset"/> and <see cref="Line"/>, to start with that row.</param>
    public static JsonRowReader Open(string path, string problem, string remedy, RowPlace start = default)
    {
        if (FirstByte(path) == '{')
            return new JsonRowReader(null, new LineReader(DataFile.OpenSequential(path), path, start), start.Row);
        if (start.Offset > 0)
            return new JsonRowReader(StreamingJsonReader.WithinArray(DataFile.OpenSequential(path), path, start), null, start.Row);
        var array = new StreamingJsonReader(DataFile.OpenSequential(path), path);
        try
        {
            array.ReadStart(JsonTokenType.StartArray, problem, remedy);
            return new JsonRowReader(array, null, 0);
        }
        catch
        {
            array.Dispose();
            throw;
        }
    }

    public bool TryRead()
    {
        if (_array is not null)
        {
            if (_array.TryReadElement())
                return true;
            _array.ReadEnd();
            return false;
        }
        while (_lines!.TryRead())
        {
            if (_lines.Line.Trim(" \t"u8).IsEmpty)
                continue;
            _row++;
            return true;
        }
        return false;
    }

    public void Dispose()
    {
        _array?.Dispose();
        _lines?.Dispose();
    }

    /// <summary>The first byte that is not white space, or 0.</summary>
    internal static byte FirstByte(string path)
    {
        using FileStream stream = DataFile.OpenSequential(path);
        using var buffer = RefillBuffer.OfText(stream, path, 64 * 1024);
        while (true)
        {
            ReadOnlySpan<byte> bytes = buffer.Span.TrimStart(" \t\r\n"u8);
            if (!bytes.IsEmpty || buffer.IsFinal)
                return bytes.IsEmpty ? (byte)0 : bytes[0];
            buffer.Consume(buffer.Span.Length);
            buffer.Fill();
        }
    }
}
