using VlmMlNet.Text.Tokenizer;

namespace VlmMlNet.Text;

/// <summary>Trains a byte-level BPE tokenizer of Qwen2's kind on text (Sennrich et al. 2016; the counting and the order of
/// equally frequent pairs are those of Hugging Face's trainer): text in normalisation form C, split by Qwen2's expression,
/// merged from the most frequent pair of neighbours on. The same texts give the same tokenizer, in whatever order they come.</summary>
public sealed class BpeTrainer
{
    /// <summary>The size of the vocabulary with the 256 bytes and the special tokens; fewer where the texts have no more pairs
    /// that are frequent enough. Default: 4096.</summary>
    public int VocabularySize { get; init; } = 4096;

    /// <summary>How often a pair must occur to be merged. Default: 2.</summary>
    public int MinimumFrequency { get; init; } = 2;

    /// <summary>The special tokens behind the vocabulary. Default: <c>&lt;|endoftext|&gt;</c>, <c>&lt;|im_start|&gt;</c> and
    /// <c>&lt;|im_end|&gt;</c>, which must be among them.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [QwenTokens.EndOfText, QwenTokens.ImStart, QwenTokens.ImEnd];

    /// <summary>Trains.</summary>
    /// <param name="texts">The texts, enumerated once. Special tokens in them are taken literally.</param>
    /// <param name="progress">Told from time to time how many merges have been found; null for none.</param>
    /// <param name="cancellationToken">Stops with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">The options contradict each other: the vocabulary is smaller than the bytes and the
    /// special tokens, or one of the three needed tokens is not there, or a token is there twice.</exception>
    public VlmTokenizer Train(IEnumerable<string> texts, IProgress<BpeTrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        CheckOptions();
        var words = new WordCounter(TokenizerParts.Qwen);
        foreach (string text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            words.Add(text);
        }
        var tokens = new List<string>(VocabularySize);
        var vocabulary = new Dictionary<string, int>(VocabularySize);
        foreach (char character in Enumerable.Range(0, 256).Select(value => ByteAlphabet.Character((byte)value)).Order())
            Append(character.ToString());

        var merges = new List<(int Left, int Right)>();
        var pairs = new PairCounts(words.ToSymbols(vocabulary), words.Counts);
        int target = VocabularySize - SpecialTokens.Count;
        while (tokens.Count < target && pairs.TryTakeMostFrequent(MinimumFrequency, out (int Left, int Right) pair))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string token = tokens[pair.Left] + tokens[pair.Right];
            // Two pairs may spell one token.
            if (!vocabulary.TryGetValue(token, out int id))
                id = Append(token);
            merges.Add(pair);
            pairs.Merge(pair, id);
            if (merges.Count % 64 == 0)
                progress?.Report(new BpeTrainingProgress(merges.Count, target - 256));
        }
        progress?.Report(new BpeTrainingProgress(merges.Count, merges.Count));
        return new VlmTokenizer(new TokenizerDefinition
        {
            Source = "the trained tokenizer",
            Vocabulary = vocabulary,
            Merges = merges,
            AddedTokens = [.. SpecialTokens.Select((content, i) => new AddedToken(tokens.Count + i, content, IsSpecial: true))],
        });

        int Append(string token)
        {
            vocabulary.Add(token, tokens.Count);
            tokens.Add(token);
            return tokens.Count - 1;
        }
    }

    private void CheckOptions()
    {
        if (VocabularySize < 256 + SpecialTokens.Count || VocabularySize > TokenizerDefinition.IdLimit)
        {
            throw new ArgumentException($"VocabularySize is {VocabularySize}, but must be from {256 + SpecialTokens.Count} (256 bytes and {SpecialTokens.Count} special tokens) to {TokenizerDefinition.IdLimit}.");
        }
        if (MinimumFrequency < 1)
            throw new ArgumentException($"MinimumFrequency is {MinimumFrequency}, but must be at least 1.");
        foreach (string needed in (ReadOnlySpan<string>)[QwenTokens.EndOfText, QwenTokens.ImStart, QwenTokens.ImEnd])
        {
            if (!SpecialTokens.Contains(needed))
                throw new ArgumentException($"SpecialTokens lacks '{needed}', which the chat template needs.");
        }
        if (SpecialTokens.FirstOrDefault(token => token.Length < 2) is { } tooShort)
            throw new ArgumentException($"The special token '{tooShort}' is too short: it needs at least two characters.");
        if (SpecialTokens.Distinct().Count() != SpecialTokens.Count)
            throw new ArgumentException("SpecialTokens holds a token twice.");
    }
}
