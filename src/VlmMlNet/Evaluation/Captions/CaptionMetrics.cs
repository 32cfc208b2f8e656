namespace VlmMlNet.Evaluation.Captions;

/// <summary>How good captions are beside people's: the metrics of the COCO captioning challenge, equal to pycocoevalcap's.
/// METEOR and SPICE are not among them: they need a paraphrase table and a parser, each many times this library's size.</summary>
/// <remarks>Made by <see cref="VisionLanguageCatalog.EvaluateCaptions"/> and <see cref="CaptionScorer.Score"/>.</remarks>
public sealed class CaptionMetrics
{
    private readonly BleuCounts[] _bleuCounts;
    private readonly Lazy<double> _referenceCeiling;
    private readonly Lazy<ConstantCaption> _bestConstantCaption;

    internal CaptionMetrics(CaptionCorpus corpus, IReadOnlyList<string?>? ids = null)
    {
        var cider = new Cider(corpus);
        var bleu = new Bleu(corpus);
        var rouge = new RougeL(corpus);
        var perImage = new CaptionScore[corpus.Count];
        _bleuCounts = new BleuCounts[corpus.Count];
        BleuCounts total = default;
        for (int image = 0; image < corpus.Count; image++)
        {
            BleuCounts counts = _bleuCounts[image] = bleu.Count(image);
            total = total.Add(counts);
            (double one, double two, double three, double four) = counts.Scores();
            (double clipped, double plain) = cider.Score(corpus.Captions[image], image);
            perImage[image] = new CaptionScore(image, clipped, plain, one, two, three, four, rouge.Score(image)) { Id = ids?[image] };
        }

        PerImage = Array.AsReadOnly(perImage);
        (Bleu1, Bleu2, Bleu3, Bleu4) = total.Scores();
        Cider = perImage.Average(score => score.Cider);
        CiderPlain = perImage.Average(score => score.CiderPlain);
        RougeL = perImage.Average(score => score.RougeL);
        _referenceCeiling = new Lazy<double>(() => Ceiling(corpus, cider));
        _bestConstantCaption = new Lazy<ConstantCaption>(() => new ConstantCaptionSearch(corpus, cider).Best());
    }

    /// <summary>CIDEr-D, which papers call CIDEr and often print multiplied by 100; 0 to 10. 0 for a single image, because
    /// its word weights come from comparing images.</summary>
    public double Cider { get; }

    /// <summary>CIDEr as first defined: no clipping, no regard for length.</summary>
    public double CiderPlain { get; }

    /// <summary>Corpus BLEU-1, 0 to 1.</summary>
    public double Bleu1 { get; }

    /// <summary>Corpus BLEU-2, 0 to 1.</summary>
    public double Bleu2 { get; }

    /// <summary>Corpus BLEU-3, 0 to 1.</summary>
    public double Bleu3 { get; }

    /// <summary>Corpus BLEU-4, 0 to 1.</summary>
    public double Bleu4 { get; }

    /// <summary>ROUGE-L with beta 1.2, 0 to 1.</summary>
    public double RougeL { get; }

    /// <summary>How many images were scored.</summary>
    public int ImageCount => PerImage.Count;

    /// <summary>Each image's scores, in the order of the data.</summary>
    public IReadOnlyList<CaptionScore> PerImage { get; }

    /// <summary>What people's own captions score in <see cref="Cider"/>: each reference is compared with the image's other
    /// references, with the same word weights; the mean per image, then over the images that have at least two. NaN where
    /// none has. Computed when first asked for.</summary>
    public double ReferenceCeiling => _referenceCeiling.Value;

    /// <summary>The reference that scores highest in <see cref="Cider"/> when it is given for every image: what a model
    /// reaches that never looks at a picture. The search is exact. Computed when first asked for.</summary>
    public ConstantCaption BestConstantCaption => _bestConstantCaption.Value;

    /// <summary>Bootstrap percentile intervals: images are drawn with replacement, as many as there are.</summary>
    /// <param name="resamples">How many draws.</param>
    /// <param name="level">The probability that the intervals stand for.</param>
    /// <param name="seed">The same seed draws the same images.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no draws, or the level is not between 0 and 1.</exception>
    public CaptionConfidence Bootstrap(int resamples = 1000, double level = 0.95, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(level, 1);
        var random = new Random(seed);
        double[][] scores = [.. Enumerable.Range(0, 7).Select(_ => new double[resamples])];
        for (int i = 0; i < resamples; i++)
        {
            BleuCounts bleu = default;
            double cider = 0, plain = 0, rouge = 0;
            for (int n = 0; n < ImageCount; n++)
            {
                int image = random.Next(ImageCount);
                bleu = bleu.Add(_bleuCounts[image]);
                cider += PerImage[image].Cider;
                plain += PerImage[image].CiderPlain;
                rouge += PerImage[image].RougeL;
            }
            (scores[2][i], scores[3][i], scores[4][i], scores[5][i]) = bleu.Scores();
            (scores[0][i], scores[1][i], scores[6][i]) = (cider / ImageCount, plain / ImageCount, rouge / ImageCount);
        }
        ConfidenceInterval[] intervals = [.. scores.Select(values => ConfidenceInterval.Of(values, level))];
        return new CaptionConfidence(
            level, resamples, intervals[0], intervals[1], intervals[2], intervals[3], intervals[4], intervals[5], intervals[6]);
    }

    private static double Ceiling(CaptionCorpus corpus, Cider cider)
    {
        double sum = 0;
        int images = 0;
        for (int image = 0; image < corpus.Count; image++)
        {
            NGramCounts[] references = corpus.References[image];
            if (references.Length < 2)
                continue;
            images++;
            for (int i = 0; i < references.Length; i++)
                sum += cider.Score(references[i], image, leftOut: i).CiderD / references.Length;
        }
        return images == 0 ? double.NaN : sum / images;
    }
}
