using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using VlmMlNet.Models;

namespace VlmMlNet.Benchmarks;

/// <summary>The image encoder of the 900M configuration with random weights, on one picture.</summary>
internal static class EncodeBenchmark
{
    /// <param name="args">Precisions (both when none is named), <c>threads=N</c>, <c>runs=N</c>.</param>
    public static void Run(IReadOnlyList<string> args)
    {
        TorchRuntime.EnsureLoaded();
        var options = new BenchmarkOptions(args);
        torch.set_num_threads(options.Threads);
        foreach (var precision in options.Precisions([WeightPrecision.Float32, WeightPrecision.BFloat16]))
            Measure(precision, options);
    }

    private static void Measure(WeightPrecision precision, BenchmarkOptions options)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        using var encoder = new SiglipVisionModel(SiglipVisionConfig.So400mPatch14At224 with { UseHead = false }, precision == WeightPrecision.Float32 ? torch.ScalarType.Float32 : torch.ScalarType.BFloat16);
        WeightInitializer.Initialize(encoder, 1);
        var pixels = torch.rand([1, 3, 224, 224]);
        var seconds = new List<double>();
        for (int run = -1; run < options.Runs; run++)
        {
            using var once = torch.NewDisposeScope();
            var watch = Stopwatch.StartNew();
            encoder.forward(pixels);
            if (run >= 0)
                seconds.Add(watch.Elapsed.TotalSeconds);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"encode {precision}: {1000 * Statistics.Median(seconds):F0} ms ({1000 * seconds.Min():F0} to {1000 * seconds.Max():F0})"));
    }
}
