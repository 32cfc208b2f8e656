using System.Diagnostics;
using System.Globalization;
using VlmMlNet.Evaluation.Captions;
using VlmMlNet.Evaluation.PennTreebank;

namespace VlmMlNet.Benchmarks;

/// <summary>The time to score 5,000 captions against 5 references each, on one thread: as a whole, and by its parts.</summary>
internal static class CaptionMetricsBenchmark
{
    private const int Images = 5000;
    private const int References = 5;
    private const int Runs = 9;

    // Until the runtime has replaced what it compiled in haste.
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(4);

    public static void Run(TextWriter output)
    {
        var captions = new SyntheticCaptions(seed: 1);
        string[] candidates = [.. captions.Take(Images)];
        string[][] references = [.. Enumerable.Range(0, Images).Select(_ => captions.Take(References).ToArray())];
        string[] all = [.. references.SelectMany(texts => texts), .. candidates];
        output.WriteLine(Invariant($"{Images} images, {References} references each, {all.Sum(text => text.Length) / all.Length} characters a caption; milliseconds"));

        output.WriteLine(Invariant($"first run, compilation included   {Milliseconds(() => CaptionScorer.Score(candidates, references)):F0}"));
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < s_warmUp;)
            CaptionScorer.Score(candidates, references);
        Print(output, "all, median of runs", () => CaptionScorer.Score(candidates, references));
        CaptionCorpus corpus = CaptionCorpus.Build(candidates, references);
        double tokens = Print(output, "  tokens", () => CountTokens(all));
        double build = Median(() => CaptionCorpus.Build(candidates, references));
        output.WriteLine(Invariant($"{"  n-grams",-32}  {build - tokens:F0}"));
        Print(output, "  CIDEr and CIDEr-D", () =>
        {
            var cider = new Cider(corpus);
            for (int image = 0; image < Images; image++)
                cider.Score(corpus.Captions[image], image);
        });
        Print(output, "  BLEU-1 to 4", () =>
        {
            var bleu = new Bleu(corpus);
            for (int image = 0; image < Images; image++)
                bleu.Count(image).Scores();
        });
        Print(output, "  ROUGE-L", () =>
        {
            var rouge = new RougeL(corpus);
            for (int image = 0; image < Images; image++)
                rouge.Score(image);
        });
        CaptionMetrics metrics = CaptionScorer.Score(candidates, references);
        output.WriteLine(Invariant($"{"on demand: references' ceiling",-32}  {Milliseconds(() => _ = metrics.ReferenceCeiling):F0}"));
        output.WriteLine(Invariant($"{"on demand: best constant caption",-32}  {Milliseconds(() => _ = metrics.BestConstantCaption):F0}"));
        output.WriteLine(Invariant($"{"on demand: 1,000 resamples",-32}  {Milliseconds(() => metrics.Bootstrap()):F0}"));
    }

    private static int CountTokens(string[] captions)
    {
        var reader = new CaptionReader(captions);
        int tokens = 0;
        for (int i = 0; i < captions.Length; i++)
        {
            while (reader.ReadToken())
                tokens += CaptionReader.IsPunctuation(reader.Token) ? 0 : 1;
        }
        return tokens;
    }

    private static double Print(TextWriter output, string name, Action action)
    {
        double median = Median(action);
        output.WriteLine(Invariant($"{name,-32}  {median:F0}"));
        return median;
    }

    private static double Median(Action action)
    {
        double[] times = [.. Enumerable.Range(0, Runs).Select(_ => Milliseconds(action)).Order()];
        return times[Runs / 2];
    }

    private static double Milliseconds(Action action)
    {
        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
