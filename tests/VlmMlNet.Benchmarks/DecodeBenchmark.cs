using System.Diagnostics;
using System.Globalization;
using VlmMlNet.Generation.Packed;
using VlmMlNet.Models;

namespace VlmMlNet.Benchmarks;

/// <summary>Generation with the language model of the 900M configuration and random weights, as a share of what the machine's
/// memory gives at the same time.</summary>
internal static class DecodeBenchmark
{
    private const int Prompt = 300, Tokens = 64, TokensPerRead = 8;

    /// <param name="args">Precisions (all when none is named), <c>threads=N</c>, <c>runs=N</c>, <c>batch=N</c>.</param>
    public static void Run(IReadOnlyList<string> args)
    {
        TorchRuntime.EnsureLoaded();
        int Number(string name, int otherwise) => args.FirstOrDefault(a => a.StartsWith(name + "=", StringComparison.Ordinal)) is { } a
            ? int.Parse(a[(name.Length + 1)..], CultureInfo.InvariantCulture) : otherwise;
        int threads = Number("threads", Environment.ProcessorCount), runs = Number("runs", 5), batch = Number("batch", 1);
        string[] named = [.. args.Where(a => !a.Contains('=', StringComparison.Ordinal))];
        var precisions = named.Length > 0 ? named.Select(n => Enum.Parse<WeightPrecision>(n, ignoreCase: true)) : [WeightPrecision.BFloat16, WeightPrecision.Int8, WeightPrecision.Int4];
        foreach (var precision in precisions)
        {
            using var decoder = Load(precision);
            Measure(decoder, precision, threads, runs, batch);
        }
    }

    private static PackedDecoder Load(WeightPrecision precision)
    {
        using var module = new Qwen2ForCausalLM(Qwen2Config.Qwen25Half, precision == WeightPrecision.Float32 ? TorchSharp.torch.ScalarType.Float32 : TorchSharp.torch.ScalarType.BFloat16);
        WeightInitializer.Initialize(module, 1);
        var watch = Stopwatch.StartNew();
        var decoder = new PackedDecoder(ModelPacker.Pack(module, precision));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{precision}: packed in {watch.Elapsed.TotalSeconds:F2} s; {PeakMemory.Describe()}"));
        return decoder;
    }

    private static void Measure(PackedDecoder decoder, WeightPrecision precision, int threads, int runs, int batch)
    {
        using var session = decoder.OpenSession(batch, Prompt + Tokens + 1, threads);
        using var bandwidth = new ReadBandwidth(threads);
        int[] prompt = [.. Enumerable.Range(0, Prompt).Select(i => 1000 + 7 * i)];
        int[] slots = [.. Enumerable.Range(0, batch)], tokens = new int[batch];
        var (prefills, decodes, reads) = (new List<double>(), new List<double>(), new List<double>());
        long allocated = 0;
        for (int run = -1; run < runs; run++)
        {
            session.Truncate(0, 0);
            var watch = Stopwatch.StartNew();
            session.Append(0, prompt);
            double prefill = Prompt / watch.Elapsed.TotalSeconds;
            for (int slot = 1; slot < batch; slot++)
                session.Copy(0, slot);
            allocated = GC.GetAllocatedBytesForCurrentThread();
            // By turns, so that what else the machine does touches both alike.
            double stepping = 0, reading = 0;
            for (int i = 0; i < Tokens; i++)
            {
                watch.Restart();
                for (int slot = 0; slot < batch; slot++)
                    tokens[slot] = session.MostLikely(slot);
                session.Step(slots, tokens);
                stepping += watch.Elapsed.TotalSeconds;
                if (i % TokensPerRead == TokensPerRead - 1)
                    reading += bandwidth.Measure();
            }
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            if (run < 0)
                continue;
            prefills.Add(prefill);
            decodes.Add(Tokens / stepping);
            reads.Add(Tokens / TokensPerRead * ReadBandwidth.Length / reading);
        }
        double share = Median([.. decodes.Zip(reads, (d, r) => d * decoder.BytesPerToken / r)]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {precision}, {threads} threads, medians of {runs} (lowest to highest):
              read bandwidth      {Median(reads) / 1e9,7:F1} GB/s  ({reads.Min() / 1e9:F1} to {reads.Max() / 1e9:F1})
              prefill of {Prompt}      {Median(prefills),7:F0} tokens/s ({prefills.Min():F0} to {prefills.Max():F0})
              decode, batch {batch,-4}  {Median(decodes) * batch,7:F1} tokens/s ({decodes.Min() * batch:F1} to {decodes.Max() * batch:F1})
              weights per step    {decoder.BytesPerToken / 1e6,7:F0} MB; read at {Median(decodes) * decoder.BytesPerToken / 1e9:F1} GB/s, {share:P0} of the bandwidth
              allocated per step  {allocated / (double)Tokens,7:F0} bytes; {PeakMemory.Describe()}
            """));
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
