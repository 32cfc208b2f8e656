using System.Runtime.InteropServices;

namespace VlmMlNet.Text.Tokenizer;

/// <summary>How often each pair of neighbours occurs in weighted words, kept up to date while pairs are merged: only the
/// words that hold a merged pair are touched, and the queue is corrected when an outdated entry comes to its front.</summary>
internal sealed class PairCounts
{
    private readonly List<int[]> _words;
    private readonly int[] _lengths;
    private readonly IReadOnlyList<long> _weights;
    private readonly Dictionary<(int Left, int Right), Entry> _entries = [];
    private readonly PriorityQueue<(int Left, int Right), (long Count, int Left, int Right)> _queue;

    /// <summary>Counts.</summary>
    /// <param name="words">The symbols of each word; changed in place.</param>
    /// <param name="weights">How often each word occurs.</param>
    public PairCounts(List<int[]> words, IReadOnlyList<long> weights)
    {
        _words = words;
        _weights = weights;
        _lengths = [.. words.Select(word => word.Length)];
        for (int word = 0; word < words.Count; word++)
        {
            for (int i = 1; i < words[word].Length; i++)
                Change((words[word][i - 1], words[word][i]), weights[word], word);
        }
        // The most frequent pair first, of equals the one with the smaller ids.
        _queue = new(Comparer<(long Count, int Left, int Right)>.Create(static (a, b) =>
            a.Count != b.Count ? b.Count.CompareTo(a.Count) : a.Left != b.Left ? a.Left.CompareTo(b.Left) : a.Right.CompareTo(b.Right)));
        foreach (((int Left, int Right) pair, Entry entry) in _entries)
            _queue.Enqueue(pair, (entry.Count, pair.Left, pair.Right));
    }

    /// <summary>Takes the most frequent pair; false where none occurs <paramref name="minimum"/> times.</summary>
    public bool TryTakeMostFrequent(long minimum, out (int Left, int Right) pair)
    {
        while (_queue.TryDequeue(out pair, out (long Count, int Left, int Right) priority))
        {
            long count = _entries.TryGetValue(pair, out Entry? entry) ? entry.Count : 0;
            if (count == priority.Count)
                return count >= minimum;
            if (count > 0 && count < priority.Count)
                _queue.Enqueue(pair, (count, pair.Left, pair.Right));
            // A count that has grown since has an entry of its own.
        }
        return false;
    }

    /// <summary>Replaces a pair by one symbol wherever it occurs.</summary>
    public void Merge((int Left, int Right) pair, int symbol)
    {
        if (!_entries.Remove(pair, out Entry? merged))
            return;
        var grown = new HashSet<(int Left, int Right)>();
        foreach (int word in merged.Words)
            _lengths[word] = MergeInWord(word, pair, symbol, grown);
        // Pairs that overlapped the merged one, as in "aaa", are gone with it.
        _entries.Remove(pair);
        foreach ((int Left, int Right) changed in grown)
            _queue.Enqueue(changed, (_entries[changed].Count, changed.Left, changed.Right));
    }

    private int MergeInWord(int word, (int Left, int Right) pair, int symbol, HashSet<(int Left, int Right)> grown)
    {
        Span<int> symbols = _words[word].AsSpan(0, _lengths[word]);
        int count = 0;
        for (int i = 0; i < symbols.Length; i++)
        {
            if (i + 1 >= symbols.Length || symbols[i] != pair.Left || symbols[i + 1] != pair.Right)
            {
                symbols[count++] = symbols[i];
                continue;
            }
            i++;
            if (count > 0)
            {
                Change((symbols[count - 1], pair.Left), -_weights[word], word);
                Change((symbols[count - 1], symbol), _weights[word], word);
                grown.Add((symbols[count - 1], symbol));
            }
            if (i + 1 < symbols.Length)
            {
                Change((pair.Right, symbols[i + 1]), -_weights[word], word);
                Change((symbol, symbols[i + 1]), _weights[word], word);
                grown.Add((symbol, symbols[i + 1]));
            }
            symbols[count++] = symbol;
        }
        return count;
    }

    private void Change((int Left, int Right) pair, long weight, int word)
    {
        ref Entry? entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, pair, out _);
        entry ??= new Entry();
        entry.Count += weight;
        if (weight > 0 && (entry.Words.Count == 0 || entry.Words[^1] != word))
            entry.Words.Add(word);
    }

    /// <summary>One pair: its count, and the words that may hold it.</summary>
    private sealed class Entry
    {
        public long Count { get; set; }

        public List<int> Words { get; } = [];
    }
}
