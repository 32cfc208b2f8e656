using System.Buffers;
using System.Text;
using Microsoft.ML.Tokenizers;
using VlmMlNet.Text.Tokenizer;

namespace VlmMlNet.Text;

/// <summary>Qwen2's tokenizer: byte-level byte-pair encoding that gives the same ids as Hugging Face's for the same files.
/// Added tokens are cut out first, the rest is brought into Unicode normalisation form C, split into words by the
/// tokenizer's regular expression, and merged within each word by <see cref="BpeTokenizer"/>. Its members may be called from
/// several threads at once.</summary>
public sealed class VlmTokenizer
{
    private readonly TokenizerDefinition _definition;
    private readonly TokenTable _table;
    private readonly BpeTokenizer _bpe;
    private readonly Lazy<LongWordEncoder> _longWords;
    private readonly Dictionary<string, AddedToken> _addedTokens = [];
    private readonly HashSet<int> _specialIds = [];
    private readonly AddedTokenMatcher? _rawMatcher, _normalizedMatcher;
    private readonly bool _normalizes, _addsPrefixSpace;

    internal VlmTokenizer(TokenizerDefinition definition)
    {
        _definition = definition.With([.. definition.AddedTokens.OrderBy(token => token.Id)], definition.Configuration);
        string source = definition.Source;
        _table = new TokenTable(definition);
        _normalizes = definition.Parts.NormalizesToFormC(source);
        definition.Parts.CheckDecoder(source);
        (Splitter, _addsPrefixSpace) = definition.Parts.CreateSplitter(source);
        _bpe = ByteLevelBpe.Create(definition, Splitter);
        _longWords = new Lazy<LongWordEncoder>(() => new LongWordEncoder(_definition));

        var raw = new List<(string Text, AddedToken Token)>();
        var normalized = new List<(string Text, AddedToken Token)>();
        foreach (AddedToken token in _definition.AddedTokens)
        {
            if (!_addedTokens.TryAdd(token.Content, token))
                throw new MalformedInputException(source, $"the token '{token.Content}' is added twice", "Remove one of the two.");
            if (token.IsSpecial)
                _specialIds.Add(token.Id);
            if (token.IsNormalized)
                normalized.Add((Normalize(token.Content), token));
            else
                raw.Add((token.Content, token));
        }
        _rawMatcher = raw.Count == 0 ? null : new AddedTokenMatcher(raw);
        _normalizedMatcher = normalized.Count == 0 ? null : new AddedTokenMatcher(normalized);
        EndOfTextId = Require(QwenTokens.EndOfText);
        ImStartId = Require(QwenTokens.ImStart);
        ImEndId = Require(QwenTokens.ImEnd);
    }

    /// <summary>The highest id + 1, added tokens included: the least number of rows of an embedding.</summary>
    public int VocabularySize => _table.Count;

    /// <summary>The id of <c>&lt;|endoftext|&gt;</c>, which also pads.</summary>
    public int EndOfTextId { get; }

    /// <summary>The id of <c>&lt;|im_start|&gt;</c>, which begins a message.</summary>
    public int ImStartId { get; }

    /// <summary>The id of <c>&lt;|im_end|&gt;</c>, which ends a message.</summary>
    public int ImEndId { get; }

    /// <summary>The words inside which pairs are merged.</summary>
    internal WordSplitter Splitter { get; }

    /// <summary>Loads the tokenizer of a Hugging Face folder: tokenizer.json, or else vocab.json with merges.txt and the added
    /// tokens of tokenizer_config.json or added_tokens.json; without either, Qwen2.5's standard added tokens are put behind
    /// the vocabulary.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="FileNotFoundException">The folder holds no tokenizer.</exception>
    /// <exception cref="MalformedInputException">A file is broken, or describes another kind of tokenizer.</exception>
    public static VlmTokenizer Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return new VlmTokenizer(TokenizerFolder.Read(folder));
    }

    /// <summary>Loads a tokenizer from the bytes of a tokenizer.json.</summary>
    /// <param name="tokenizerJson">The file's content, UTF-8.</param>
    /// <param name="sourceName">What errors call it.</param>
    /// <exception cref="MalformedInputException">The content is broken, or describes another kind of tokenizer.</exception>
    public static VlmTokenizer FromJson(ReadOnlyMemory<byte> tokenizerJson, string sourceName) =>
        new(TokenizerJsonReader.Read(tokenizerJson.Span, sourceName));

    /// <summary>A complete tokenizer.json, which <see cref="FromJson"/> and Hugging Face's tokenizers read.</summary>
    public ReadOnlyMemory<byte> ToJson() => TokenizerJsonWriter.WriteTokenizer(_definition);

    /// <summary>Writes tokenizer.json and tokenizer_config.json (as it was read, where there was one), each under another name
    /// first, so that no half-written file is ever seen.</summary>
    /// <param name="folder">The folder, which is made where it does not exist.</param>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        TokenizerFolder.Write(_definition, folder);
    }

    /// <summary>Turns text into ids.</summary>
    /// <param name="text">The text. Halves of surrogate pairs count as U+FFFD.</param>
    /// <param name="allowSpecialTokens">True, as in Hugging Face's default, turns the text of a special token into its id. False
    /// takes it literally, so that foreign text cannot forge a message's end; added tokens that are not special, such as
    /// <c>&lt;tool_call&gt;</c>, are still recognised (Hugging Face's <c>split_special_tokens</c>).</param>
    /// <returns>The ids; none for empty text. Bytes that the vocabulary lacks (Qwen's has them all) become the unknown token,
    /// or nothing where there is none.</returns>
    public int[] Encode(string text, bool allowSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = ReplaceLoneSurrogates(text);
        var ids = new List<int>((text.Length / 3) + 8);
        if (_rawMatcher is null)
            EncodeRaw(text, allowSpecialTokens, ids);
        else
            EncodeAround(_rawMatcher, text, allowSpecialTokens, ids, EncodeRaw);
        return [.. ids];
    }

    /// <summary>Turns ids into text. Bytes that are not valid UTF-8, such as half of a character, become U+FFFD; ids that the
    /// tokenizer does not know (<see cref="ImageToken.Id"/>, or padding rows of an embedding) become nothing.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="skipSpecialTokens">Leaves out tokens for which <see cref="IsSpecial"/> holds.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        int length = 0;
        foreach (int id in ids)
            length += Bytes(id, skipSpecialTokens).Length;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        int position = 0;
        foreach (int id in ids)
        {
            ReadOnlySpan<byte> bytes = Bytes(id, skipSpecialTokens);
            bytes.CopyTo(buffer.AsSpan(position));
            position += bytes.Length;
        }
        string text = Encoding.UTF8.GetString(buffer, 0, length);
        ArrayPool<byte>.Shared.Return(buffer);
        return text;
    }

    /// <summary>Whether an id is a special token's.</summary>
    public bool IsSpecial(int id) => _specialIds.Contains(id);

    /// <summary>The id of a token as the vocabulary writes it (a space is U+0120); null where there is none.</summary>
    public int? TokenToId(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _addedTokens.TryGetValue(token, out AddedToken? added) ? added.Id
            : _definition.Vocabulary.TryGetValue(token, out int id) ? id
            : null;
    }

    /// <summary>The encoder of very long words.</summary>
    internal LongWordEncoder LongWords => _longWords.Value;

    /// <summary>The bytes that a token decodes to.</summary>
    internal ReadOnlySpan<byte> Bytes(int id, bool skipSpecialTokens) =>
        skipSpecialTokens && _specialIds.Contains(id) ? [] : _table.Bytes(id);

    private static void EncodeAround(
        AddedTokenMatcher matcher, ReadOnlySpan<char> text, bool allowSpecialTokens, List<int> ids, SegmentEncoder encodeSegment)
    {
        int position = 0, end = 0;
        while (matcher.Next(text, ref position, end, allowSpecialTokens, out int tokenStart, out int tokenEnd) is { } token)
        {
            if (tokenStart > end)
                encodeSegment(text[end..tokenStart], allowSpecialTokens, ids);
            ids.Add(token.Id);
            end = tokenEnd;
        }
        if (end < text.Length)
            encodeSegment(text[end..], allowSpecialTokens, ids);
    }

    private void EncodeRaw(ReadOnlySpan<char> text, bool allowSpecialTokens, List<int> ids)
    {
        if (_normalizes && UnicodeNormalizer.TryChangeToFormC(text, out string? normalized))
            text = normalized;
        if (_normalizedMatcher is null)
            EncodeNormalized(text, allowSpecialTokens, ids);
        else
            EncodeAround(_normalizedMatcher, text, allowSpecialTokens, ids, EncodeNormalized);
    }

    private void EncodeNormalized(ReadOnlySpan<char> text, bool allowSpecialTokens, List<int> ids)
    {
        if (_addsPrefixSpace && !text.IsEmpty && text[0] != ' ')
            text = $" {text}";
        if (text.Length <= LongWordEncoder.Threshold)
            ids.AddRange(_bpe.EncodeToIds(text, considerPreTokenization: true, considerNormalization: false));
        else
            EncodeLong(text, ids);
    }

    private void EncodeLong(ReadOnlySpan<char> text, List<int> ids)
    {
        foreach ((int offset, int length) in Splitter.Split(text))
        {
            ReadOnlySpan<char> word = text.Slice(offset, length);
            if (length > LongWordEncoder.Threshold)
                LongWords.Encode(word, ids);
            else
                ids.AddRange(_bpe.EncodeToIds(word, considerPreTokenization: false, considerNormalization: false));
        }
    }

    private string Normalize(string text) =>
        _normalizes && UnicodeNormalizer.TryChangeToFormC(text, out string? normalized) ? normalized : text;

    internal static string ReplaceLoneSurrogates(string text)
    {
        char[]? repaired = null;
        int first = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        for (int i = first < 0 ? text.Length : first; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]))
                (repaired ??= text.ToCharArray())[i] = '\uFFFD';
        }
        return repaired is null ? text : new string(repaired);
    }

    private int Require(string token) => TokenToId(token) ?? throw new MalformedInputException(
        _definition.Source, $"the tokenizer has no token '{token}'", "Use the tokenizer of a Qwen2 model, with its added tokens.");

    private delegate void SegmentEncoder(ReadOnlySpan<char> text, bool allowSpecialTokens, List<int> ids);
}
