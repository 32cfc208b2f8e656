using System.Text;

namespace VlmMlNet.Text.Tokenizer;

/// <summary>Byte-pair encoding of a single very long word in n log n steps, with the results of Microsoft.ML.Tokenizers, whose
/// own merging takes a time that grows with the square of a word's length (a million letters without a space: minutes).</summary>
internal sealed class LongWordEncoder
{
    /// <summary>Words of more UTF-16 units than this come here.</summary>
    public const int Threshold = 4096;

    private readonly int[] _byteIds = new int[256];
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> _merges;

    public LongWordEncoder(TokenizerDefinition definition)
    {
        int unknown = definition.UnknownToken is { } token && definition.Vocabulary.TryGetValue(token, out int id) ? id : -1;
        for (int value = 0; value < 256; value++)
            _byteIds[value] = definition.Vocabulary.GetValueOrDefault(ByteAlphabet.Character((byte)value).ToString(), unknown);
        string[] tokens = new string[definition.Vocabulary.Values.Max() + 1];
        foreach ((string text, int tokenId) in definition.Vocabulary)
            tokens[tokenId] = text;
        _merges = new Dictionary<(int Left, int Right), (int Rank, int Id)>(definition.Merges.Count);
        foreach ((int left, int right) in definition.Merges)
            _merges.Add((left, right), (_merges.Count, definition.Vocabulary[tokens[left] + tokens[right]]));
    }

    /// <summary>Appends the ids of a word.</summary>
    public void Encode(ReadOnlySpan<char> word, List<int> output)
    {
        // Symbols in place, linked to their neighbours; a merged symbol's right half gets the id -1.
        int[] ids = InitialIds(word);
        int[] previous = new int[ids.Length], next = new int[ids.Length];
        var queue = new PriorityQueue<(int Position, int Right, int Id), (int Rank, int Position)>(ids.Length);
        for (int i = 0; i < ids.Length; i++)
        {
            previous[i] = i - 1;
            next[i] = i + 1 < ids.Length ? i + 1 : -1;
            Offer(i);
        }
        while (queue.TryDequeue(out (int Position, int Right, int Id) merge, out _))
        {
            int left = merge.Position, right = next[left];
            // Out of date where either half has been merged since.
            if (ids[left] < 0 || right < 0 || right != merge.Right
                || !_merges.TryGetValue((ids[left], ids[right]), out (int Rank, int Id) found) || found.Id != merge.Id)
            {
                continue;
            }
            ids[left] = merge.Id;
            ids[right] = -1;
            next[left] = next[right];
            if (next[left] >= 0)
                previous[next[left]] = left;
            Offer(left);
            if (previous[left] >= 0)
                Offer(previous[left]);
        }
        foreach (int id in ids)
        {
            if (id >= 0)
                output.Add(id);
        }

        void Offer(int position)
        {
            int right = next[position];
            if (right >= 0 && _merges.TryGetValue((ids[position], ids[right]), out (int Rank, int Id) found))
                queue.Enqueue((position, right, found.Id), (found.Rank, position));
        }
    }

    private int[] InitialIds(ReadOnlySpan<char> word)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, bytes);
        var ids = new List<int>(bytes.Length);
        foreach (byte value in bytes)
        {
            if (_byteIds[value] >= 0)
                ids.Add(_byteIds[value]);
        }
        return [.. ids];
    }
}
