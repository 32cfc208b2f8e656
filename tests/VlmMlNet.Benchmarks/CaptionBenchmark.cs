using System.Diagnostics;
using System.Globalization;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.ModelFolders;
using VlmMlNet.Parts;
using static TorchSharp.torch;

namespace VlmMlNet.Benchmarks;

/// <summary>Captioning with the 900M configuration and random weights from beginning to end: loading, encoding, prompt, tokens,
/// batches and memory, each beside the limit that the machine sets at the time.</summary>
internal static class CaptionBenchmark
{
    private static readonly int[] s_batches = [1, 4, 16];

    /// <summary>Where a model of a precision lies in a folder of models.</summary>
    public static string ModelFolderOf(string folder, WeightPrecision precision) => Path.Combine(folder, PackedFile.Name(precision));

    /// <param name="args">Precisions (int8 when none is named), <c>threads=N</c>, <c>runs=N</c>, <c>folder=DIR</c> where the models
    /// are kept for further runs, <c>brief</c> for the time of single captions only.</param>
    public static int Run(IReadOnlyList<string> args)
    {
        var options = new BenchmarkOptions(args);
        string folder = options.Folder ?? Directory.CreateTempSubdirectory("vlm-caption-").FullName;
        try
        {
            foreach (var precision in options.Precisions([WeightPrecision.Int8]))
            {
                string name = PackedFile.Name(precision);
                if (!ModelFolder.IsModel(ModelFolderOf(folder, precision)) && ChildProcess.Run(["caption", "write", name, folder]) is not 0 and var failed)
                    return failed;
                // A process of its own has a peak of memory of its own.
                if (ChildProcess.Run(["caption", "measure", name, folder, .. args.Where(a => a == "brief" || (a.Contains('=', StringComparison.Ordinal) && !a.StartsWith("folder=", StringComparison.Ordinal)))]) is not 0 and var code)
                    return code;
            }
            return 0;
        }
        finally
        {
            if (options.Folder is null)
                Directory.Delete(folder, recursive: true);
        }
    }

    public static void Write(string precision, string folder)
    {
        var parsed = Enum.Parse<WeightPrecision>(precision, ignoreCase: true);
        PaperModel.Save(ModelFolderOf(folder, parsed), parsed);
    }

    public static void Measure(string precisionName, string folder, IReadOnlyList<string> args)
    {
        TorchRuntime.EnsureLoaded();
        var options = new BenchmarkOptions(args);
        var precision = Enum.Parse<WeightPrecision>(precisionName, ignoreCase: true);
        set_num_threads(options.Threads);
        var watch = Stopwatch.StartNew();
        using var model = ModelFolder.Load(ModelFolderOf(folder, precision));
        double load = watch.Elapsed.TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{precision} weights, encoder in {(model.VisionPart.ReducedPrecision is null ? model.VisionPart.WeightType : WeightFormat.Int8)}, {options.Threads} threads, medians of {options.Runs} (lowest to highest):"));
        Line("load", $"{load:F2} s", $"resident then: {PeakMemory.Resident / 1e9:F2} GB");

        var captioning = new CaptionMeasurement(model, options.Threads);
        captioning.Run();
        var times = Enumerable.Range(0, options.Runs).Select(_ => captioning.Run()).ToList();
        WriteCaptions(times);
        if (options.Has("brief"))
            return;
        long single = PeakMemory.Peak;
        WriteBatches(captioning);
        Line("peak memory", $"{single / 1e9:F2} GB", $"captions one by one; {PeakMemory.Peak / 1e9:F2} GB at batch {s_batches[^1]}");
        WriteShares(model, captioning, options);
    }

    private static void WriteCaptions(List<CaptionMeasurement.Times> times)
    {
        Time("image encode", t => t.Encode);
        Time("picture to visual tokens", t => t.VisualTokens);
        Rate($"prefill of {CaptionMeasurement.Prompt}", t => CaptionMeasurement.Prompt / t.Prefill);
        Rate($"decode of {CaptionMeasurement.Tokens}", t => CaptionMeasurement.Tokens / t.Decode);
        Time("time to first token", t => t.FirstToken);
        Time($"caption of {CaptionMeasurement.Tokens} tokens", t => t.Caption);

        void Time(string name, Func<CaptionMeasurement.Times, double> select) =>
            Line(name, $"{1000 * Statistics.Median(times.Select(select)):F0} ms", $"({1000 * times.Min(select):F0} to {1000 * times.Max(select):F0})");

        void Rate(string name, Func<CaptionMeasurement.Times, double> select) =>
            Line(name, $"{Statistics.Median(times.Select(select)):F1} tokens/s", $"({times.Min(select):F1} to {times.Max(select):F1})");
    }

    private static void WriteBatches(CaptionMeasurement captioning)
    {
        double one = 0;
        foreach (int batch in s_batches)
        {
            var times = captioning.Run(batch);
            double decode = batch * CaptionMeasurement.Tokens / times.Decode;
            one = batch == 1 ? decode : one;
            Line($"batch {batch}", $"{batch / times.Caption:F3} captions/s", $"decode {decode:F1} tokens/s, {decode / one:F2} times batch 1");
        }
    }

    // Measurement and limit by turns, so that what else the machine does touches both alike.
    private static void WriteShares(VisionLanguageModel model, CaptionMeasurement captioning, BenchmarkOptions options)
    {
        var decoder = ((CpuLanguageModel)model.Conversation.Language).Decoder;
        using (var decoding = new DecodeMeasurement(decoder, options.Threads, 1))
        {
            decoding.Measure(options.Runs);
            Line("read bandwidth", $"{decoding.Median(r => r.Read) / 1e9:F1} GB/s", $"decode reads {decoding.Median(r => r.Decode) * decoder.BytesPerToken / 1e9:F1} GB/s: {decoding.Median(r => r.Share):P0}");
        }
        using var peak = new ComputePeak(options.Threads);
        var (kernel, vision) = (decoder.Model.Layers[0].Query.Format, model.VisionPart);
        ScalarType? torchType = vision.ReducedPrecision is null ? vision.WeightType : null;
        List<double> prefillPeak = [], prefill = [], encodePeak = [], encode = [];
        for (int run = 0; run < options.Runs; run++)
        {
            prefillPeak.Add(peak.OfKernel(kernel));
            encodePeak.Add(torchType is { } type ? ComputePeak.OfTorch(type) : peak.OfKernel(WeightFormat.Int8));
            var times = captioning.Run();
            prefill.Add(CaptionMeasurement.PrefillOperations(decoder.Config) / times.Prefill);
            encode.Add(CaptionMeasurement.EncodeOperations(vision.Config) / times.Encode);
        }
        Share($"{kernel} kernel", prefillPeak, "prefill", prefill);
        Share(torchType is { } name ? $"libtorch's {name} matmul" : "Int8 kernel", encodePeak, "image encode", encode);
        foreach (var other in new[] { ScalarType.BFloat16, ScalarType.Float32 }.Where(t => t != torchType))
            Line($"libtorch's {other} matmul", $"{ComputePeak.OfTorch(other) / 1e9:F0} GFLOP/s", $"");

        static void Share(string name, List<double> limit, string what, List<double> reached) => Line(name, $"{Statistics.Median(limit) / 1e9:F0} GFLOP/s",
            $"{what} does {Statistics.Median(reached) / 1e9:F0}: {Statistics.Median(reached.Zip(limit, (r, l) => r / l)):P0}");
    }

    private static void Line(string name, FormattableString value, FormattableString details) =>
        Console.WriteLine($"  {name,-26}{FormattableString.Invariant(value),18}  {FormattableString.Invariant(details)}".TrimEnd());
}
