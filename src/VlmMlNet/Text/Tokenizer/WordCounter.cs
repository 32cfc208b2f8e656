using System.Runtime.InteropServices;
using System.Text;

namespace VlmMlNet.Text.Tokenizer;

/// <summary>Counts the distinct words of texts, as the tokenizer splits them.</summary>
internal sealed class WordCounter
{
    private readonly WordSplitter _splitter;
    private readonly Dictionary<string, long> _counts = [];
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public WordCounter(TokenizerParts parts)
    {
        (_splitter, _) = parts.CreateSplitter("trainer");
        _lookup = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>How often each word was seen, in the order of <see cref="ToSymbols"/>.</summary>
    public IReadOnlyList<long> Counts => [.. _counts.Values];

    public void Add(string text)
    {
        ReadOnlySpan<char> span = VlmTokenizer.ReplaceLoneSurrogates(text);
        if (UnicodeNormalizer.TryChangeToFormC(span, out string? normalized))
            span = normalized;
        foreach ((int offset, int length) in _splitter.Split(span))
            CollectionsMarshal.GetValueRefOrAddDefault(_lookup, span.Slice(offset, length), out _)++;
    }

    /// <summary>Each word as the ids of its bytes.</summary>
    public List<int[]> ToSymbols(Dictionary<string, int> vocabulary)
    {
        int[] ids = [.. Enumerable.Range(0, 256).Select(value => vocabulary[ByteAlphabet.Character((byte)value).ToString()])];
        return [.. _counts.Keys.Select(word => Array.ConvertAll(Encoding.UTF8.GetBytes(word), value => ids[value]))];
    }
}
