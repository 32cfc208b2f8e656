using VlmMlNet.Data.Formats;

namespace VlmMlNet.Data.Json;

/// <summary>The first bytes of a text file: a UTF-8 mark is passed over, what is no UTF-8 text at all is said so, by its name
/// where it is known.</summary>
internal static class TextEncodingMark
{
    public static void Skip(RefillBuffer buffer, string source)
    {
        while (buffer.Span.Length < ForeignFile.LookedAt && !buffer.IsFinal && buffer.Fill())
        {
        }
        ReadOnlySpan<byte> start = buffer.Span;
        if (start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            buffer.Consume(3);
        else if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            throw new MalformedInputException(source, "the text is UTF-16", "Save it as UTF-8.");
        else if (start.StartsWith("PAR1"u8))
            throw new MalformedInputException(source, "this is a parquet file, not text", "Use the reader of a parquet format.");
        else if (ForeignFile.Find(start) is { } found)
            throw new MalformedInputException(source, $"this is {ForeignFile.Problem(found)}", found.Remedy);
    }
}
