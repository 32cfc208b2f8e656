namespace VlmMlNet.Evaluation.Captions;

/// <summary>How often each 1- to 4-gram occurs in a tokenized caption.</summary>
internal sealed class NGramCounts
{
    /// <summary>The longest n-gram's length.</summary>
    public const int MaximumOrder = 4;

    /// <summary>Of the distinct n-grams, the numbers that <see cref="NGramTable"/> gave them: order by order.</summary>
    public required int[] Ids { get; init; }

    /// <summary>How often each occurs; parallel to <see cref="Ids"/>.</summary>
    public required int[] Counts { get; init; }

    /// <summary>Where each order ends in <see cref="Ids"/>: unigrams first.</summary>
    public required (int Unigrams, int Bigrams, int Trigrams, int FourGrams) Ends { get; init; }

    /// <summary>Words, as <c>str.split()</c> counts them: what BLEU and CIDEr see.</summary>
    public required int WordCount { get; init; }

    /// <summary>Tokens as the tokenizer wrote them, of which one can hold a non-breaking space: what ROUGE sees. An empty
    /// caption is one empty token, as Python's <c>''.split(' ')</c> has it.</summary>
    public required int[] Tokens { get; init; }

    /// <summary>CIDEr's measure of length: in the reference implementation the number of bigrams.</summary>
    public int BigramCount => Math.Max(0, WordCount - 1);

    /// <summary>Where n-grams of an order, 0 for unigrams, end in <see cref="Ids"/>.</summary>
    public int End(int order) => order switch { 0 => Ends.Unigrams, 1 => Ends.Bigrams, 2 => Ends.Trigrams, _ => Ends.FourGrams };

    /// <summary>How many n-grams of an order, 0 for unigrams, the caption has.</summary>
    public int Total(int order) => Math.Max(0, WordCount - order);
}
