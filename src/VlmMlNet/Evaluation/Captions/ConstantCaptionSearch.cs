namespace VlmMlNet.Evaluation.Captions;

/// <summary>Finds the reference that scores highest in CIDEr-D when it is given for every image.</summary>
/// <remarks>
/// <para>Exact, and without comparing each reference with each other: a caption's score is a sum over its n-grams, and what
/// an n-gram adds depends on a reference only through its length, its own count of the n-gram and its norm. References that
/// agree in the first two are summed beforehand; an n-gram has a few dozen such groups however many references hold it.</para>
/// <para>The work is that of sorting all references' n-grams once, plus, for each distinct reference, its n-grams times
/// their groups.</para>
/// </remarks>
internal sealed class ConstantCaptionSearch
{
    private readonly CaptionCorpus _corpus;
    private readonly Cider _cider;
    private readonly int[] _starts;     // of an n-gram's groups
    private readonly List<(int Length, int Count, double Weight)> _groups = [];
    private readonly double[] _penalties = Enumerable.Range(0, 64).Select(Cider.LengthPenalty).ToArray();

    public ConstantCaptionSearch(CaptionCorpus corpus, Cider cider)
    {
        (_corpus, _cider) = (corpus, cider);
        _starts = new int[corpus.Table.Count + 1];
        Group();
    }

    /// <summary>The best reference; of equally good ones the first.</summary>
    public ConstantCaption Best()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        (double Score, int Image, int Reference) best = (-1, 0, 0);
        for (int image = 0; image < _corpus.Count; image++)
        {
            for (int i = 0; i < _corpus.References[image].Length; i++)
            {
                if (!seen.Add(_corpus.ReferenceText(image, i)))
                    continue;
                double score = Score(_corpus.References[image][i]);
                if (score > best.Score)
                    best = (score, image, i);
            }
        }
        return new ConstantCaption(_corpus.ReferenceText(best.Image, best.Reference), best.Score);
    }

    /// <summary>The mean CIDEr-D of a caption given for every image.</summary>
    public double Score(NGramCounts caption)
    {
        Span<double> norms = stackalloc double[NGramCounts.MaximumOrder];
        _cider.Norms(caption, norms);
        ReadOnlySpan<double> weights = _cider.NGramWeights;
        double total = 0;
        int i = 0;
        for (int order = 0; order < NGramCounts.MaximumOrder; order++)
        {
            double sum = 0;
            for (int end = caption.End(order); i < end; i++)
            {
                int id = caption.Ids[i];
                double ofNGram = 0;
                for (int g = _starts[id]; g < _starts[id + 1]; g++)
                {
                    (int length, int count, double weight) = _groups[g];
                    ofNGram += Math.Min(caption.Counts[i], count) * count * weight * Penalty(caption.BigramCount - length);
                }
                sum += ofNGram * weights[id] * weights[id];
            }
            if (norms[order] > 0)
                total += sum / norms[order];
        }
        return Cider.Scale * total / (NGramCounts.MaximumOrder * _corpus.Count);
    }

    private double Penalty(int difference)
    {
        difference = Math.Abs(difference);
        return difference < _penalties.Length ? _penalties[difference] : Cider.LengthPenalty(difference);
    }

    // Sorts by n-gram in one pass, as their numbers are dense, then each n-gram's entries by length and count.
    private void Group()
    {
        var positions = new int[_starts.Length];
        ForEachEntry((id, _, _, _) => positions[id + 1]++);
        for (int id = 1; id < positions.Length; id++)
            positions[id] += positions[id - 1];

        var keys = new ulong[positions[^1]];
        var weights = new double[keys.Length];
        int[] next = (int[])positions.Clone();
        ForEachEntry((id, length, count, weight) =>
        {
            keys[next[id]] = ((ulong)length << 32) | (uint)count;
            weights[next[id]++] = weight;
        });

        for (int id = 0; id < _starts.Length - 1; id++)
        {
            _starts[id] = _groups.Count;
            Array.Sort(keys, weights, positions[id], positions[id + 1] - positions[id]);
            for (int i = positions[id]; i < positions[id + 1];)
            {
                double weight = 0;
                int first = i;
                for (; i < positions[id + 1] && keys[i] == keys[first]; i++)
                    weight += weights[i];
                _groups.Add(((int)(keys[first] >> 32), (int)keys[first], weight));
            }
        }
        _starts[^1] = _groups.Count;
    }

    private void ForEachEntry(Action<int, int, int, double> action)
    {
        for (int image = 0; image < _corpus.Count; image++)
        {
            NGramCounts[] references = _corpus.References[image];
            for (int r = 0; r < references.Length; r++)
            {
                NGramCounts reference = references[r];
                ReadOnlySpan<double> norms = _cider.ReferenceNorms(image, r);
                for (int order = 0, i = 0; order < NGramCounts.MaximumOrder; order++)
                {
                    for (int end = reference.End(order); i < end; i++)
                    {
                        if (norms[order] > 0)
                            action(reference.Ids[i], reference.BigramCount, reference.Counts[i], 1 / (norms[order] * references.Length));
                    }
                }
            }
        }
    }
}
