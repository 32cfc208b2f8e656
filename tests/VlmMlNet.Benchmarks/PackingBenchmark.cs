using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Text;
using VlmMlNet.Training.Batches;
using static TorchSharp.torch;

namespace VlmMlNet.Benchmarks;

/// <summary>Forward and backward of a batch of captions through layers of the full width, laid into rows of several lengths: processor time.</summary>
internal static class PackingBenchmark
{
    private const int Examples = 16, Patches = 256, Layers = 2, Vocabulary = 300;
    private static readonly int[] s_lengths = [512, 1024, 2048, 4096];

    public static void Run(IReadOnlyList<string> args)
    {
        var options = new BenchmarkOptions(args);
        set_num_threads(options.Number("threads", 1));
        using var language = new Qwen2ForCausalLM(Qwen2Config.Qwen25Half with { NumHiddenLayers = Layers, VocabSize = Vocabulary });
        WeightInitializer.Initialize(language, 1);
        foreach (var parameter in language.parameters())
            parameter.requires_grad = true;
        var decoder = new MultimodalDecoder(language);
        var random = new Random(options.Number("seed", 1));
        EncodedConversation[] captions = [.. Enumerable.Range(0, options.Number("batch", Examples)).Select(_ => Caption(random))];
        int[] lengths = [.. captions.Select(c => c.TokenIds.Length)];
        double even = PackedRows.EvenLength(language.Config);

        var layouts = new List<(string Name, TokenBatch Batch)> { ("padded", TokenBatch.Collate(captions, PaddingSide.Right, 0, Patches)) };
        foreach (int longest in s_lengths.Where(l => l >= lengths.Max()))
            layouts.Add(($"rows of {longest}", Pack(longest, 1e12)));
        layouts.Add(("by estimate of work", Pack(8192, even)));
        var times = layouts.Select(_ => new List<double>()).ToList();
        for (int run = 0; run <= options.Runs; run++)
        {
            for (int i = 0; i < layouts.Count; i++)
            {
                double time = Step(decoder, layouts[i].Batch);
                if (run > 0)
                    times[i].Add(time);
            }
        }
        double padded = Statistics.Median(times[0]);
        Console.WriteLine(Invariant($"{lengths.Length} captions of {lengths.Min()} to {lengths.Max()} tokens, {Layers} layers, {get_num_threads()} threads; estimated even length {even:F0}"));
        Console.WriteLine("layout                rows x tokens   padding   ms     against padded   ms per 1,000 places");
        for (int i = 0; i < layouts.Count; i++)
        {
            var batch = layouts[i].Batch;
            double median = Statistics.Median(times[i]);
            Console.WriteLine(Invariant($"{layouts[i].Name,-20}  {batch.Batch,4} x {batch.Length,-6}   {batch.Valid.Count(v => !v) * 100.0 / batch.Valid.Length,5:F1} %   {median,-6:F0} {padded / median:F2}x            {median * 1000 / batch.Valid.Length:F1}"));
        }

        TokenBatch Pack(int longest, double evenLength) =>
            TokenBatch.Pack([.. PackedRows.Of(lengths, longest, evenLength).Select(row => (IReadOnlyList<EncodedConversation>)[.. row.Select(i => captions[i])])], 0, Patches);
    }

    // A picture and 20 to 220 tokens of text, of which most have few.
    private static EncodedConversation Caption(Random random)
    {
        int text = 20 + (int)(200 * Math.Pow(random.NextDouble(), 2));
        int[] ids = [.. Enumerable.Repeat(ImageToken.Id, Patches), .. Enumerable.Range(0, text).Select(_ => random.Next(Vocabulary))];
        return new EncodedConversation(ids, [.. ids.Select((id, i) => i < Patches + 10 ? EncodedConversation.Unscored : id)], 1);
    }

    private static double Step(MultimodalDecoder decoder, TokenBatch batch)
    {
        using var scope = NewDisposeScope();
        using var recorded = enable_grad();
        var pictures = randn([batch.ImageBlock.Count(b => b > 0) / Patches, Patches, decoder.Language.Config.HiddenSize]);
        var start = Environment.CpuUsage.TotalTime; // others use the machine too
        decoder.NegativeLogLikelihood(batch, pictures, AttentionMaskKind.Hybrid).Sum.backward();
        return (Environment.CpuUsage.TotalTime - start).TotalMilliseconds;
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
