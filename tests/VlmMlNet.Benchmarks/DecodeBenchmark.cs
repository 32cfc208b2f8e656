using System.Diagnostics;
using System.Globalization;
using VlmMlNet.Cpu.Language;

namespace VlmMlNet.Benchmarks;

/// <summary>Generation with the language model of the 900M configuration and random weights, as a share of what the machine's
/// memory gives at the same time.</summary>
internal static class DecodeBenchmark
{
    /// <param name="args">Precisions (all reduced ones when none is named), <c>threads=N</c>, <c>runs=N</c>, <c>batch=N</c>,
    /// <c>turns</c> (<see cref="DecodeTurns"/>), <c>folder=DIR</c> with packed models (<see cref="CaptionBenchmark"/> makes them).</param>
    public static void Run(IReadOnlyList<string> args)
    {
        TorchRuntime.EnsureLoaded();
        var options = new BenchmarkOptions(args);
        foreach (var precision in options.Precisions([WeightPrecision.BFloat16, WeightPrecision.Int8, WeightPrecision.Int4]))
        {
            using var decoder = Load(precision, options.Folder);
            if (options.Has("turns"))
            {
                DecodeTurns.Run(decoder, options.Threads);
                continue;
            }
            Measure(decoder, precision, options.Threads, options.Runs, options.Number("batch", 1));
        }
    }

    private static PackedDecoder Load(WeightPrecision precision, string? folder)
    {
        var watch = Stopwatch.StartNew();
        var decoder = folder is null ? PaperModel.Decoder(precision) : PaperModel.MapDecoder(CaptionBenchmark.ModelFolderOf(folder, precision), precision);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{precision}: {(folder is null ? "made" : "mapped")} in {watch.Elapsed.TotalSeconds:F2} s; {PeakMemory.Describe()}"));
        return decoder;
    }

    private static void Measure(PackedDecoder decoder, WeightPrecision precision, int threads, int runs, int batch)
    {
        using var measurement = new DecodeMeasurement(decoder, threads, batch);
        measurement.Measure(runs);
        var (read, prefill, decode) = (measurement.Range(r => r.Read), measurement.Range(r => r.Prefill), measurement.Range(r => r.Decode));
        double perSecond = measurement.Median(r => r.Decode);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {precision}, {threads} threads, medians of {runs} (lowest to highest):
              read bandwidth      {measurement.Median(r => r.Read) / 1e9,7:F1} GB/s  ({read.Lowest / 1e9:F1} to {read.Highest / 1e9:F1})
              prefill of {DecodeMeasurement.Prompt}      {measurement.Median(r => r.Prefill),7:F0} tokens/s ({prefill.Lowest:F0} to {prefill.Highest:F0})
              decode, batch {batch,-4}  {perSecond * batch,7:F1} tokens/s ({decode.Lowest * batch:F1} to {decode.Highest * batch:F1})
              weights per step    {decoder.BytesPerToken / 1e6,7:F0} MB; read at {perSecond * decoder.BytesPerToken / 1e9:F1} GB/s, {measurement.Median(r => r.Share):P0} of the bandwidth
              allocated per step  {measurement.Median(r => r.Allocated),7:F0} bytes; {PeakMemory.Describe()}
            """));
    }
}
