namespace VlmMlNet.Evaluation.Captions;

/// <summary>CIDEr-D and CIDEr (Vedantam et al. 2015): how like the references a caption is, its 1- to 4-grams weighted by
/// how few images' references hold them.</summary>
/// <remarks>CIDEr-D, the one that captioning papers report, counts as pycocoevalcap does: an n-gram no oftener than the
/// reference has it, and less the more the lengths differ, where the length is the number of bigrams. With one image every
/// weight is zero, and so is the score.</remarks>
internal sealed class Cider
{
    /// <summary>What scores are multiplied by.</summary>
    public const double Scale = 10;

    private const double Sigma = 6;

    private readonly CaptionCorpus _corpus;
    private readonly double[] _weights;     // log of the images over those whose references hold the n-gram
    private readonly double[][] _norms;     // [image][4 * reference + order]
    private readonly int[] _counts;         // of each n-gram in the caption being scored

    public Cider(CaptionCorpus corpus)
    {
        _corpus = corpus;
        _counts = new int[corpus.Table.Count];
        _weights = Weights(corpus);
        _norms = new double[corpus.Count][];
        for (int image = 0; image < corpus.Count; image++)
        {
            NGramCounts[] references = corpus.References[image];
            _norms[image] = new double[NGramCounts.MaximumOrder * references.Length];
            for (int i = 0; i < references.Length; i++)
                Norms(references[i], _norms[image].AsSpan(NGramCounts.MaximumOrder * i, NGramCounts.MaximumOrder));
        }
    }

    /// <summary>The n-grams' weights.</summary>
    public ReadOnlySpan<double> NGramWeights => _weights;

    /// <summary>The lengths of a reference's four weighted vectors.</summary>
    public ReadOnlySpan<double> ReferenceNorms(int image, int reference) =>
        _norms[image].AsSpan(NGramCounts.MaximumOrder * reference, NGramCounts.MaximumOrder);

    /// <summary>Scores a caption for an image.</summary>
    /// <param name="caption">The caption, counted in the same table.</param>
    /// <param name="image">The image whose references count.</param>
    /// <param name="leftOut">A reference not to compare with; -1 for none.</param>
    public (double CiderD, double Plain) Score(NGramCounts caption, int image, int leftOut = -1)
    {
        NGramCounts[] references = _corpus.References[image];
        int compared = references.Length - (leftOut < 0 ? 0 : 1);
        Span<double> norms = stackalloc double[NGramCounts.MaximumOrder];
        Norms(caption, norms);
        for (int i = 0; i < caption.Ids.Length; i++)
            _counts[caption.Ids[i]] = caption.Counts[i];

        double clipped = 0, plain = 0;
        for (int i = 0; i < references.Length; i++)
        {
            if (i == leftOut)
                continue;
            (double ofClipped, double ofPlain) = Compare(references[i], norms, ReferenceNorms(image, i));
            clipped += ofClipped * LengthPenalty(caption.BigramCount - references[i].BigramCount);
            plain += ofPlain;
        }

        foreach (int id in caption.Ids)
            _counts[id] = 0;
        double factor = Scale / (NGramCounts.MaximumOrder * compared);
        return (factor * clipped, factor * plain);
    }

    /// <summary>What a difference of lengths leaves of a score.</summary>
    public static double LengthPenalty(int difference) => Math.Exp(-((double)difference * difference) / (2 * Sigma * Sigma));

    /// <summary>The lengths of a caption's four weighted vectors.</summary>
    public void Norms(NGramCounts caption, Span<double> norms)
    {
        int i = 0;
        for (int order = 0; order < NGramCounts.MaximumOrder; order++)
        {
            double sum = 0;
            for (int end = caption.End(order); i < end; i++)
            {
                double value = caption.Counts[i] * _weights[caption.Ids[i]];
                sum += value * value;
            }
            norms[order] = Math.Sqrt(sum);
        }
    }

    private (double Clipped, double Plain) Compare(NGramCounts reference, ReadOnlySpan<double> norms, ReadOnlySpan<double> referenceNorms)
    {
        double clippedSum = 0, plainSum = 0;
        int i = 0;
        for (int order = 0; order < NGramCounts.MaximumOrder; order++)
        {
            double clipped = 0, plain = 0;
            for (int end = reference.End(order); i < end; i++)
            {
                int count = _counts[reference.Ids[i]];
                if (count == 0)
                    continue;
                double weight = _weights[reference.Ids[i]];
                double product = reference.Counts[i] * weight * weight;
                clipped += Math.Min(count, reference.Counts[i]) * product;
                plain += count * product;
            }
            double norm = norms[order] * referenceNorms[order];
            if (norm == 0)
                continue;
            clippedSum += clipped / norm;
            plainSum += plain / norm;
        }
        return (clippedSum, plainSum);
    }

    private static double[] Weights(CaptionCorpus corpus)
    {
        var images = new int[corpus.Table.Count];
        var lastImage = new int[corpus.Table.Count];
        for (int image = 0; image < corpus.Count; image++)
        {
            foreach (NGramCounts reference in corpus.References[image])
            {
                foreach (int id in reference.Ids)
                {
                    if (lastImage[id] == image + 1)
                        continue;
                    lastImage[id] = image + 1;
                    images[id]++;
                }
            }
        }

        double log = Math.Log(corpus.Count);
        var weights = new double[images.Length];
        for (int id = 0; id < weights.Length; id++)
            weights[id] = log - Math.Log(Math.Max(1, images[id]));
        return weights;
    }
}
