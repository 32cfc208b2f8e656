namespace VlmMlNet.Evaluation.Captions;

/// <summary>Counts for BLEU-1 to BLEU-4.</summary>
internal sealed class Bleu(CaptionCorpus corpus)
{
    private readonly int[] _maxima = new int[corpus.Table.Count];   // of each n-gram over an image's references

    /// <summary>Counts one image's caption.</summary>
    public BleuCounts Count(int image)
    {
        NGramCounts caption = corpus.Captions[image];
        NGramCounts[] references = corpus.References[image];
        foreach (NGramCounts reference in references)
        {
            for (int i = 0; i < reference.Ids.Length; i++)
                _maxima[reference.Ids[i]] = Math.Max(_maxima[reference.Ids[i]], reference.Counts[i]);
        }

        Span<int> correct = stackalloc int[NGramCounts.MaximumOrder];
        for (int order = 0, next = 0; order < NGramCounts.MaximumOrder; order++)
        {
            for (int end = caption.End(order); next < end; next++)
                correct[order] += Math.Min(caption.Counts[next], _maxima[caption.Ids[next]]);
        }
        foreach (NGramCounts reference in references)
        {
            foreach (int id in reference.Ids)
                _maxima[id] = 0;
        }

        return new BleuCounts
        {
            Correct = (correct[0], correct[1], correct[2], correct[3]),
            Guessed = (caption.Total(0), caption.Total(1), caption.Total(2), caption.Total(3)),
            Length = caption.WordCount,
            ReferenceLength = ClosestLength(caption.WordCount, references),
        };
    }

    // The reference length nearest to the caption's, the shorter of two equally near.
    private static int ClosestLength(int length, NGramCounts[] references)
    {
        int closest = references[0].WordCount;
        foreach (NGramCounts reference in references)
        {
            int distance = Math.Abs(reference.WordCount - length) - Math.Abs(closest - length);
            if (distance < 0 || (distance == 0 && reference.WordCount < closest))
                closest = reference.WordCount;
        }
        return closest;
    }
}
