using VlmMlNet.Evaluation.Captions;

namespace VlmMlNet.Tests.Evaluation;

/// <summary>The caption metrics again, from their definitions, word by word and without any thought of speed: what
/// <see cref="CaptionScorer"/> is held to. N-grams are strings, counts dictionaries.</summary>
internal sealed class PlainCaptionMetrics
{
    private readonly string[][] _captions;          // [image][word]
    private readonly string[][][] _references;      // [image][reference][word]
    private readonly Dictionary<string, double> _documents = [];

    public PlainCaptionMetrics(string?[] captions, string[][] references)
    {
        _captions = [.. PtbTokenizer.Tokenize(captions).Select(Words)];
        var all = new Queue<string>(PtbTokenizer.Tokenize([.. references.SelectMany(texts => texts)]));
        _references = [.. references.Select(texts => texts.Select(_ => Words(all.Dequeue())).ToArray())];
        foreach (string[][] texts in _references)
        {
            foreach (string gram in texts.SelectMany(words => Enumerable.Range(1, 4).SelectMany(n => Grams(words, n).Keys)).Distinct())
                _documents[gram] = _documents.GetValueOrDefault(gram) + 1;
        }
    }

    public double[] Cider(bool plain) => [.. _captions.Select((caption, image) => _references[image].Average(reference => Enumerable.Range(1, 4).Average(n => Similarity(caption, reference, n, plain)) * 10))];

    public double[] RougeL() => [.. _captions.Select((caption, image) => RougeL(caption, _references[image]))];

    /// <summary>[order 1 to 4][image], and the whole corpus last.</summary>
    public double[][] Bleu()
    {
        int[] images = [.. Enumerable.Range(0, _captions.Length)];
        return [.. Enumerable.Range(1, 4).Select(n => images.Select(image => Bleu([image], n)).Append(Bleu(images, n)).ToArray())];
    }

    private double Similarity(string[] caption, string[] reference, int n, bool plain)
    {
        Dictionary<string, int> given = Grams(caption, n), wanted = Grams(reference, n);
        double product = 0;
        foreach ((string gram, int count) in given)
        {
            int other = wanted.GetValueOrDefault(gram);
            product += (plain ? count : Math.Min(count, other)) * other * Weight(gram) * Weight(gram);
        }
        double lengths = Math.Sqrt(given.Sum(g => Math.Pow(g.Value * Weight(g.Key), 2))) * Math.Sqrt(wanted.Sum(g => Math.Pow(g.Value * Weight(g.Key), 2)));
        if (lengths == 0)
            return 0;
        double difference = Math.Max(0, caption.Length - 1) - Math.Max(0, reference.Length - 1);
        return product / lengths * (plain ? 1 : Math.Exp(-difference * difference / 72));
    }

    private double Weight(string gram) => Math.Log(_captions.Length) - Math.Log(Math.Max(1, _documents.GetValueOrDefault(gram)));

    private double Bleu(int[] images, int order)
    {
        double product = 1, length = images.Sum(i => _captions[i].Length);
        for (int n = 1; n <= order; n++)
        {
            double right = 0, all = 0;
            foreach (int image in images)
            {
                Dictionary<string, int>[] references = [.. _references[image].Select(reference => Grams(reference, n))];
                foreach ((string gram, int count) in Grams(_captions[image], n))
                {
                    right += Math.Min(count, references.Max(counts => counts.GetValueOrDefault(gram)));
                    all += count;
                }
            }
            product *= (right + 1e-15) / (all + 1e-9);
        }
        double wanted = images.Sum(i => _references[i].Select(words => words.Length).OrderBy(l => Math.Abs(l - _captions[i].Length)).ThenBy(l => l).First());
        double ratio = (length + 1e-15) / (wanted + 1e-9);
        return Math.Pow(product, 1.0 / order) * (ratio < 1 ? Math.Exp(1 - 1 / ratio) : 1);
    }

    private static double RougeL(string[] caption, string[][] references)
    {
        // Python's ''.split(' ') is one empty word.
        string[] given = caption.Length == 0 ? [""] : caption;
        double precision = 0, recall = 0;
        foreach (string[] reference in references)
        {
            string[] wanted = reference.Length == 0 ? [""] : reference;
            var common = new int[given.Length + 1, wanted.Length + 1];
            for (int i = 1; i <= given.Length; i++)
            {
                for (int j = 1; j <= wanted.Length; j++)
                    common[i, j] = given[i - 1] == wanted[j - 1] ? common[i - 1, j - 1] + 1 : Math.Max(common[i - 1, j], common[i, j - 1]);
            }
            precision = Math.Max(precision, (double)common[given.Length, wanted.Length] / given.Length);
            recall = Math.Max(recall, (double)common[given.Length, wanted.Length] / wanted.Length);
        }
        return precision == 0 || recall == 0 ? 0 : 2.44 * precision * recall / (recall + 1.44 * precision);
    }

    private static Dictionary<string, int> Grams(string[] words, int n)
    {
        var counts = new Dictionary<string, int>();
        for (int i = 0; i + n <= words.Length; i++)
        {
            string gram = string.Join(' ', words[i..(i + n)]);
            counts[gram] = counts.GetValueOrDefault(gram) + 1;
        }
        return counts;
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
