using System.Text;

namespace VlmMlNet.Text;

/// <summary>Turns ids into text one by one, as a model makes them. The parts put together are what
/// <see cref="VlmTokenizer.Decode"/> gives for all ids; a character whose bytes are spread over several tokens is held back
/// until its last byte has come. For one stream, from one thread at a time.</summary>
public sealed class StreamingDecoder
{
    private readonly VlmTokenizer _tokenizer;
    private readonly bool _skipsSpecialTokens;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    /// <summary>Begins a text.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="skipSpecialTokens">Leaves out special tokens.</param>
    public StreamingDecoder(VlmTokenizer tokenizer, bool skipSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _skipsSpecialTokens = skipSpecialTokens;
    }

    /// <summary>Takes the next id.</summary>
    /// <returns>The text that it completes; often empty in scripts whose characters are several tokens.</returns>
    public string Append(int id) => Decode(_tokenizer.Bytes(id, _skipsSpecialTokens), flush: false);

    /// <summary>Ends the text; the decoder is ready for another.</summary>
    /// <returns>U+FFFD where a character was left incomplete, else nothing.</returns>
    public string Flush() => Decode([], flush: true);

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        // Each byte gives at most one UTF-16 unit, and held-back bytes at most two replacement characters.
        Span<char> characters = bytes.Length <= 254 ? stackalloc char[bytes.Length + 2] : new char[bytes.Length + 2];
        return new string(characters[.._decoder.GetChars(bytes, characters, flush)]);
    }
}
