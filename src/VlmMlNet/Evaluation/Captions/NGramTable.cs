namespace VlmMlNet.Evaluation.Captions;

/// <summary>Gives every word and n-gram that occurs in a set of captions a number, so that scorers count in arrays.</summary>
internal sealed class NGramTable
{
    private const int LeastBits = 12, MostInitialBits = 22;
    private readonly Dictionary<string, int> _words = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _wordLookup;
    private Entry[] _entries;       // open addressing
    private int _shift;             // 64 less the bits of the entries' number
    private int[] _places = new int[256];   // of the n-grams of the caption being counted, among the entries
    private int[] _counts = new int[256];

    /// <param name="characters">Characters of the captions to come, for a table that need not grow.</param>
    public NGramTable(long characters = 0)
    {
        _wordLookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        int bits = Math.Clamp(64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)characters / 4), LeastBits, MostInitialBits);
        (_entries, _shift) = (new Entry[1 << bits], 64 - bits);
    }

    /// <summary>How many n-grams there are, all orders together.</summary>
    public int Count { get; private set; }

    /// <summary>How many words and tokens there are.</summary>
    public int WordCount => _words.Count;

    /// <summary>The word's number.</summary>
    public int Word(ReadOnlySpan<char> word)
    {
        if (_wordLookup.TryGetValue(word, out int id))
            return id;
        id = _words.Count;
        _words.Add(word.ToString(), id);
        return id;
    }

    /// <summary>Counts a caption's n-grams.</summary>
    /// <param name="words">The words' numbers.</param>
    /// <param name="tokens">The tokens' numbers, kept as they are.</param>
    public NGramCounts CountNGrams(ReadOnlySpan<int> words, int[] tokens)
    {
        int needed = NGramCounts.MaximumOrder * words.Length;
        if (_places.Length < needed)
            (_places, _counts) = (new int[2 * needed], new int[2 * needed]);
        while (3L * (Count + needed) > 2L * _entries.Length)
            Grow();

        Span<int> ends = stackalloc int[NGramCounts.MaximumOrder];
        Span<int> prefixes = words.Length <= 256 ? stackalloc int[words.Length] : new int[words.Length];
        prefixes.Fill(-1);
        int used = 0;
        for (int order = 0; order < NGramCounts.MaximumOrder; order++)
        {
            for (int i = 0; i + order < words.Length; i++)
            {
                int place = Find(prefixes[i], words[i + order]);
                ref Entry entry = ref _entries[place];
                prefixes[i] = entry.Id;
                if (entry.Slot == 0)
                {
                    entry.Slot = used + 1;
                    _places[used] = place;
                    _counts[used++] = 0;
                }
                _counts[entry.Slot - 1]++;
            }
            ends[order] = used;
        }

        int[] ids = new int[used];
        for (int i = 0; i < used; i++)
        {
            ref Entry entry = ref _entries[_places[i]];
            ids[i] = entry.Id;
            entry.Slot = 0;
        }
        return new NGramCounts
        {
            Ids = ids,
            Counts = _counts.AsSpan(0, used).ToArray(),
            Ends = (ends[0], ends[1], ends[2], ends[3]),
            WordCount = words.Length,
            Tokens = tokens,
        };
    }

    // An n-gram is the one without its last word, and that word. The prefix counts from 1 (none) so that no key is 0.
    private int Find(int prefix, int word)
    {
        ulong key = ((ulong)(uint)(prefix + 2) << 32) | (uint)word;
        for (int place = Place(key); ; place = (place + 1) & (_entries.Length - 1))
        {
            ref Entry entry = ref _entries[place];
            if (entry.Key == key)
                return place;
            if (entry.Key == 0)
            {
                (entry.Key, entry.Id) = (key, Count++);
                return place;
            }
        }
    }

    // Fibonacci hashing: the product's upper bits depend on both numbers.
    private int Place(ulong key) => (int)((key ^ (key >> 29)) * 0x9E3779B97F4A7C15 >> _shift);

    private void Grow()
    {
        Entry[] entries = _entries;
        (_entries, _shift) = (new Entry[2 * entries.Length], _shift - 1);
        foreach (Entry entry in entries)
        {
            if (entry.Key == 0)
                continue;
            int place = Place(entry.Key);
            while (_entries[place].Key != 0)
                place = (place + 1) & (_entries.Length - 1);
            _entries[place] = entry;
        }
    }

    // What is looked up together lies together: a large table is mostly waited for.
    private struct Entry
    {
        public ulong Key;   // 0: an empty place
        public int Id;
        public int Slot;    // of the n-gram in the caption being counted, plus one; 0 where it does not occur there
    }
}
