using System.Globalization;
using System.Text.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Json;

/// <summary>Reads one JSON document of any size through a bounded buffer: the outer structure step by step, the values in
/// it (an array's elements, a property's value) whole, as bytes, one at a time.</summary>
internal sealed class StreamingJsonReader : IDisposable
{
    /// <summary>The longest single value: a row of a data set is far below.</summary>
    public const int MaxValueBytes = 64 * 1024 * 1024;

    private readonly RefillBuffer _buffer;
    private readonly string _source;
    private readonly long _lines; // before those that _state counts
    private JsonReaderState _state;
    private int _valueLength;

    /// <param name="stream">The document; disposed with the reader.</param>
    /// <param name="source">Its name in messages.</param>
    /// <param name="maxValueBytes">The limit of one value and of the buffer.</param>
    public StreamingJsonReader(Stream stream, string source, int maxValueBytes = MaxValueBytes)
    {
        _buffer = RefillBuffer.OfText(stream, source, maxValueBytes);
        _source = source;
    }

    private StreamingJsonReader(Stream stream, string source, RowPlace start)
    {
        _buffer = RefillBuffer.OfText(stream, source, MaxValueBytes, start);
        _source = source;
        _lines = start.Line;
        Row = start.Row - 1;
        var opening = new Utf8JsonReader("["u8, isFinalBlock: false, default);
        opening.Read();
        _state = opening.CurrentState;
    }

    /// <summary>Starts in the middle of a document that is an array, before one of its elements.</summary>
    /// <param name="stream">The document; disposed with the reader.</param>
    /// <param name="source">Its name in messages.</param>
    /// <param name="start">The element's <see cref="Row"/>, <see cref="Offset"/> and the lines before it.</param>
    public static StreamingJsonReader WithinArray(Stream stream, string source, RowPlace start) => new(stream, source, start);

    /// <summary>The name of the property whose value comes next.</summary>
    public string PropertyName { get; private set; } = "";

    /// <summary>The row that is being read: the elements of the array so far; null outside of an array.</summary>
    public long? Row { get; private set; }

    /// <summary>The element that <see cref="TryReadElement"/> found; void at the next call.</summary>
    public ReadOnlySpan<byte> Value => _buffer.Span[.._valueLength];

    /// <summary>The byte of the document that <see cref="Value"/> starts at.</summary>
    public long Offset => _buffer.Offset;

    /// <summary>The line that <see cref="Value"/> starts in, one-based.</summary>
    public long Line => _buffer.Line;

    /// <summary>The one-based line and the byte that <see cref="Value"/> starts at.</summary>
    public (long Line, long? Offset) Place => (Line, Offset);

    /// <summary>Where <see cref="Value"/> starts, for messages.</summary>
    public string Position => string.Create(CultureInfo.InvariantCulture, $"line {_buffer.Line}, byte {_buffer.Offset}");

    /// <summary>Requires that an array or object starts here.</summary>
    /// <param name="start">StartArray or StartObject.</param>
    /// <param name="problem">What is said otherwise.</param>
    /// <param name="remedy">What can be done then.</param>
    public void ReadStart(JsonTokenType start, string problem, string? remedy = null)
    {
        if (Next(whole: false) != start)
            throw new MalformedInputException(_source, $"{problem} ({Position})", remedy);
        Row = start == JsonTokenType.StartArray ? -1 : null;
    }

    /// <summary>Moves to the next property of the object; false at the object's end.</summary>
    public bool TryReadProperty()
    {
        Row = null;
        return Next(whole: false) == JsonTokenType.PropertyName;
    }

    /// <summary>Moves to the next element of the array, which is then in <see cref="Value"/>; false at the array's end.</summary>
    public bool TryReadElement()
    {
        Row++;
        return Next(whole: true) != JsonTokenType.EndArray;
    }

    /// <summary>Reads the next value, a string; null where it is something else.</summary>
    public string? ReadText()
    {
        if (Next(whole: true) != JsonTokenType.String)
            return null;
        var reader = new Utf8JsonReader(Value);
        reader.Read();
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException e)
        {
            throw new MalformedInputException(_source, $"'{PropertyName}' is not valid text ({Position})", null, null, e);
        }
    }

    /// <summary>Reads the next value whole; void at the next call.</summary>
    public ReadOnlySpan<byte> ReadJson()
    {
        Next(whole: true);
        return Value;
    }

    /// <summary>Passes over the next value, however long, without holding it.</summary>
    public void SkipValue()
    {
        _buffer.Consume(_valueLength);
        _valueLength = 0;
        int depth = -1;
        while (true)
        {
            var reader = new Utf8JsonReader(_buffer.Span, _buffer.IsFinal, _state);
            try
            {
                while (reader.Read())
                {
                    if (depth < 0)
                        depth = reader.CurrentDepth;
                    if (reader.CurrentDepth == depth && reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
                    {
                        Accept(ref reader, (int)reader.BytesConsumed);
                        return;
                    }
                }
            }
            catch (JsonException e)
            {
                throw Malformed(e);
            }
            Accept(ref reader, (int)reader.BytesConsumed);
            Fill();
        }
    }

    /// <summary>Requires that nothing but white space follows.</summary>
    public void ReadEnd()
    {
        Row = null;
        if (Next(whole: false) != JsonTokenType.None)
            throw new MalformedInputException(_source, $"something follows the end of the JSON document ({Position})");
    }

    public void Dispose() => _buffer.Dispose();

    private JsonTokenType Next(bool whole)
    {
        _buffer.Consume(_valueLength);
        _valueLength = 0;
        while (true)
        {
            var reader = new Utf8JsonReader(_buffer.Span, _buffer.IsFinal, _state);
            try
            {
                if (reader.Read())
                {
                    JsonTokenType token = reader.TokenType;
                    int start = (int)reader.TokenStartIndex;
                    if (token == JsonTokenType.PropertyName)
                        PropertyName = reader.GetString()!;
                    if (!whole || token == JsonTokenType.EndArray || reader.TrySkip())
                    {
                        Accept(ref reader, start);
                        return token;
                    }
                }
                else if (_buffer.IsFinal)
                {
                    return JsonTokenType.None;
                }
            }
            catch (JsonException e)
            {
                throw Malformed(e);
            }
            catch (InvalidOperationException e)
            {
                throw new MalformedInputException(_source, $"a property's name is not valid UTF-8 text ({Position})", null, Row, e);
            }
            Fill();
        }
    }

    /// <summary>What lies before <paramref name="valueStart"/> is done with; from there to the reader's place is the value.</summary>
    private void Accept(ref Utf8JsonReader reader, int valueStart)
    {
        _state = reader.CurrentState;
        _valueLength = (int)reader.BytesConsumed - valueStart;
        _buffer.Consume(valueStart);
    }

    private void Fill()
    {
        if (!_buffer.Fill())
            throw new MalformedInputException(_source, $"a single JSON value is longer than the {_buffer.Limit} bytes that a row may have ({Position})",
                "Is a quotation mark or a bracket missing before it?", Row);
    }

    private MalformedInputException Malformed(JsonException e)
    {
        if (EndsTooEarly())
            return new MalformedInputException(_source, _buffer.Offset == 0 && _buffer.Span.IsEmpty
                ? "the file is empty"
                : $"the file ends in the middle of its JSON ({Position})", "It may be cut off: fetch or write it again.", Row, e);
        string place = string.Create(CultureInfo.InvariantCulture, $"line {_lines + e.LineNumber + 1}, column {e.BytePositionInLine + 1}");
        return new MalformedInputException(_source, $"this is not valid JSON: {JsonFields.Reason(e)} ({place})", JsonFields.RemedyOf(e, _buffer.Span), Row, e);
    }

    /// <summary>Whether what is at hand would be fine if only more followed.</summary>
    private bool EndsTooEarly()
    {
        if (!_buffer.IsFinal)
            return false;
        var reader = new Utf8JsonReader(_buffer.Span, isFinalBlock: false, _state);
        try
        {
            while (reader.Read())
            {
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
