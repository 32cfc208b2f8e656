using System.Text;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Lines;

/// <summary>Reads delimited text record by record through a bounded buffer: fields may be quoted, with the quotation mark
/// doubled inside, and then hold separators and line ends (RFC 4180). Blanks around a field are none of it, and a quotation
/// mark within a field that does not start with one stands for itself. A line <c>sep=;</c> before the head is passed over.</summary>
internal sealed class CsvReader : IDisposable
{
    /// <summary>The longest record.</summary>
    public const int MaxRecordBytes = 16 * 1024 * 1024;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly RefillBuffer _buffer;
    private readonly string _source;
    private readonly byte _separator;
    private readonly byte[] _blanks;
    private readonly List<byte> _field = [];

    /// <param name="stream">The text; disposed with the reader.</param>
    /// <param name="source">Its name in messages.</param>
    /// <param name="separator">What stands between fields; one ASCII character.</param>
    public CsvReader(Stream stream, string source, char separator)
    {
        _buffer = RefillBuffer.OfText(stream, source, MaxRecordBytes);
        _source = source;
        _separator = (byte)separator;
        _blanks = separator == '\t' ? [(byte)' '] : separator == ' ' ? [(byte)'\t'] : [(byte)' ', (byte)'\t'];
    }

    /// <summary>The one-based line in which the record starts.</summary>
    public long Line { get; private set; }

    /// <summary>Zero-based number of the record, the head not counted: -1 is the head.</summary>
    public long Row { get; private set; } = -2;

    /// <summary>Where the record starts.</summary>
    public RowPlace Place { get; private set; }

    /// <summary>The record's fields.</summary>
    public List<string> Fields { get; } = [];

    /// <summary>Goes on with the record that starts at a place; stays where it is for the default.</summary>
    public void Seek(RowPlace place)
    {
        if (place.Offset == 0)
            return;
        _buffer.Seek(place.Offset, place.Line);
        Row = place.Row - 1;
    }

    /// <summary>Moves to the next record that is not an empty line; false behind the last.</summary>
    /// <exception cref="RowProblemException">Its text is broken; the next one can be read.</exception>
    /// <exception cref="MalformedInputException">A quotation mark is not closed, or the record is too long.</exception>
    public bool TryRead()
    {
        while (true)
        {
            Line = _buffer.Line;
            int length = RecordLength();
            if (length == 0)
                return false;
            ReadOnlySpan<byte> record = _buffer.Span[..length];
            record = record.EndsWith("\r\n"u8) ? record[..^2] : record.EndsWith("\n"u8) ? record[..^1] : record;
            if (record.Trim(" \t"u8).IsEmpty && !record.Contains(_separator) || Row == -2 && CsvSeparator.SaidBy(record) is not null)
            {
                _buffer.Consume(length);
                continue;
            }
            Row++;
            Place = new RowPlace(0, Row, _buffer.Offset, _buffer.Line - 1);
            try
            {
                Split(record);
            }
            finally
            {
                _buffer.Consume(length);
            }
            return true;
        }
    }

    public void Dispose() => _buffer.Dispose();

    /// <summary>The bytes up to the first line end outside of quotation marks, it included.</summary>
    private int RecordLength()
    {
        int position = 0;
        bool quoted = false, mayOpen = true; // at a field's start, and behind a closing mark: a doubled one opens it again
        while (true)
        {
            ReadOnlySpan<byte> bytes = _buffer.Span;
            while (position < bytes.Length)
            {
                if (!quoted && mayOpen && bytes[position] == '"')
                {
                    quoted = true;
                    position++;
                }
                int next = quoted ? bytes[position..].IndexOf((byte)'"') : bytes[position..].IndexOfAny(_separator, (byte)'\n');
                mayOpen = next >= 0;
                position = next < 0 ? bytes.Length : position + next + 1;
                if (next >= 0 && !quoted && bytes[position - 1] == '\n')
                    return position;
                quoted &= next < 0;
            }
            if (_buffer.IsFinal)
                return quoted ? throw Unclosed("a quotation mark is not closed before the end of the file") : position;
            if (!_buffer.Fill())
                throw Unclosed($"the record is longer than {MaxRecordBytes} bytes");
        }
    }

    private MalformedInputException Unclosed(string problem) => new(_source, $"{problem} (line {Line})", "Is a quotation mark missing, or not doubled inside of a quoted field?", Math.Max(Row + 1, 0));

    private void Split(ReadOnlySpan<byte> record)
    {
        Fields.Clear();
        int position = 0;
        while (true)
        {
            int mark = position + BlanksAt(record, position);
            if (mark < record.Length && record[mark] == '"' && (mark == position || IsQuoted(record, mark)))
            {
                position = Unquote(record, mark + 1);
                position += BlanksAt(record, position);
            }
            else
            {
                int end = record[position..].IndexOf(_separator);
                end = end < 0 ? record.Length : position + end;
                AddField(record[position..end].Trim(_blanks));
                position = end;
            }
            if (position >= record.Length)
                return;
            if (record[position++] != _separator)
                throw new RowProblemException($"field {Fields.Count} goes on behind its closing quotation mark", "A quotation mark inside of a quoted field is doubled.");
        }
    }

    private int BlanksAt(ReadOnlySpan<byte> record, int position)
    {
        int length = record[position..].IndexOfAnyExcept(_blanks);
        return length < 0 ? record.Length - position : length;
    }

    /// <summary>Whether a mark behind blanks opens a quoted field: one that ends where its closing mark is. Otherwise the text begins with a
    /// quotation, as captions do.</summary>
    private bool IsQuoted(ReadOnlySpan<byte> record, int mark)
    {
        int position = mark + 1;
        while (true)
        {
            int next = record[position..].IndexOf((byte)'"');
            if (next < 0)
                return false;
            position += next + 1;
            if (position < record.Length && record[position] == '"')
            {
                position++;
                continue;
            }
            position += BlanksAt(record, position);
            return position == record.Length || record[position] == _separator;
        }
    }

    /// <returns>The position behind the closing quotation mark.</returns>
    private int Unquote(ReadOnlySpan<byte> record, int position)
    {
        _field.Clear();
        while (true)
        {
            int mark = record[position..].IndexOf((byte)'"');
            if (mark < 0)
                throw new RowProblemException($"the quotation mark of field {Fields.Count + 1} is not closed");
            _field.AddRange(record.Slice(position, mark));
            position += mark + 1;
            if (position >= record.Length || record[position] != '"')
                break;
            _field.Add((byte)'"');
            position++;
        }
        AddField(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_field));
        return position;
    }

    private void AddField(ReadOnlySpan<byte> bytes)
    {
        try
        {
            Fields.Add(s_utf8.GetString(bytes));
        }
        catch (DecoderFallbackException)
        {
            throw new RowProblemException($"field {Fields.Count + 1} is not valid text: it has broken UTF-8");
        }
    }
}
