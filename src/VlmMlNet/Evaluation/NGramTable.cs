namespace VlmMlNet.Evaluation;

/// <summary>Gives every word and n-gram that occurs in a set of captions a number, so that scorers count in arrays.</summary>
internal sealed class NGramTable
{
    private readonly Dictionary<string, int> _words = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _wordLookup;
    private ulong[] _keys = new ulong[1 << 12];     // open addressing; 0 is an empty place
    private int[] _values = new int[1 << 12];
    private int _shift = 64 - 12;
    private int[] _slots = new int[1024];   // of an n-gram in the caption being counted, plus one
    private int[] _ids = new int[256];
    private int[] _counts = new int[256];

    public NGramTable() => _wordLookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();

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
        if (_ids.Length < needed)
            (_ids, _counts) = (new int[2 * needed], new int[2 * needed]);

        Span<int> ends = stackalloc int[NGramCounts.MaximumOrder];
        Span<int> prefixes = words.Length <= 256 ? stackalloc int[words.Length] : new int[words.Length];
        prefixes.Fill(-1);
        int used = 0;
        for (int order = 0; order < NGramCounts.MaximumOrder; order++)
        {
            for (int i = 0; i + order < words.Length; i++)
            {
                int id = prefixes[i] = Id(prefixes[i], words[i + order]);
                ref int slot = ref _slots[id];
                if (slot == 0)
                {
                    slot = used + 1;
                    _ids[used] = id;
                    _counts[used++] = 0;
                }
                _counts[slot - 1]++;
            }
            ends[order] = used;
        }
        for (int i = 0; i < used; i++)
            _slots[_ids[i]] = 0;

        return new NGramCounts
        {
            Ids = _ids.AsSpan(0, used).ToArray(),
            Counts = _counts.AsSpan(0, used).ToArray(),
            Ends = (ends[0], ends[1], ends[2], ends[3]),
            WordCount = words.Length,
            Tokens = tokens,
        };
    }

    // An n-gram is the one without its last word, and that word. The prefix counts from 1 (none) so that no key is 0.
    private int Id(int prefix, int word)
    {
        ulong key = ((ulong)(uint)(prefix + 2) << 32) | (uint)word;
        for (int place = Place(key); ; place = (place + 1) & (_keys.Length - 1))
        {
            if (_keys[place] == key)
                return _values[place];
            if (_keys[place] == 0)
                return Add(place, key);
        }
    }

    // Fibonacci hashing: the product's upper bits depend on both numbers.
    private int Place(ulong key) => (int)((key ^ (key >> 29)) * 0x9E3779B97F4A7C15 >> _shift);

    private int Add(int place, ulong key)
    {
        int id = Count++;
        (_keys[place], _values[place]) = (key, id);
        if (id >= _slots.Length)
            Array.Resize(ref _slots, 2 * _slots.Length);
        if (3L * Count > 2L * _keys.Length)
            Grow();
        return id;
    }

    private void Grow()
    {
        (ulong[] keys, int[] values) = (_keys, _values);
        (_keys, _values, _shift) = (new ulong[2 * keys.Length], new int[2 * keys.Length], _shift - 1);
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] == 0)
                continue;
            int place = Place(keys[i]);
            while (_keys[place] != 0)
                place = (place + 1) & (_keys.Length - 1);
            (_keys[place], _values[place]) = (keys[i], values[i]);
        }
    }
}
