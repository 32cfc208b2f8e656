using VlmMlNet.Imaging;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Text;
using VlmMlNet.Training;
using VlmMlNet.Training.Examples;
using static TorchSharp.torch;

namespace VlmMlNet.Benchmarks;

/// <summary>Steps of stage 1 from pictures in padded batches, and from cached features in packed ones, at a third of the full model's
/// depth and its full width, so that the parts have their proportions: processor time, alternating.</summary>
internal static class FeatureCacheBenchmark
{
    private const int Pictures = 4, VisionLayers = 9, LanguageLayers = 8;

    public static void Run(IReadOnlyList<string> args)
    {
        var options = new BenchmarkOptions(args);
        set_num_threads(options.Number("threads", 1));
        string folder = Directory.CreateTempSubdirectory("vlm-features-").FullName;
        try
        {
            var tokenizer = new BpeTrainer { VocabularySize = 300 }.Train(["Describe the image.", "a dog on a beach"]);
            using var model = VisionLanguageModel.CreateRandom(SiglipVisionConfig.So400mPatch14At224 with { NumHiddenLayers = VisionLayers, UseHead = false },
                Qwen2Config.Qwen25Half with { NumHiddenLayers = LanguageLayers, VocabSize = tokenizer.VocabularySize }, tokenizer, seed: 1);
            var data = Data(folder, options.Number("batch", 2));
            var plain = TrainingStage.HybridAlignment with { BatchSize = options.Number("batch", 2), BatchLayout = BatchLayout.Padded, Epochs = options.Runs };
            var (pictures, features) = (new List<double>(), new List<double>());
            var cache = new TrainingRun { FeatureCache = new FeatureCacheOptions { Folder = Path.Combine(folder, "cache") } };
            Steps(model, data, plain with { Epochs = 1 }, cache); // fills it
            for (int turn = 0; turn < 2; turn++)
            {
                pictures.AddRange(Steps(model, data, plain, new TrainingRun()));
                features.AddRange(Steps(model, data, plain with { BatchLayout = BatchLayout.Packed }, cache));
            }
            double before = Statistics.Median(pictures), after = Statistics.Median(features);
            Console.WriteLine(FormattableString.Invariant($"stage 1, {VisionLayers} and {LanguageLayers} layers of the full width, {get_num_threads()} threads, batches of {plain.BatchSize}: {before:F0} ms of processor time a step from pictures, {after:F0} ms from cached features: {before / after:F2}x"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The first step, in which libraries are loaded and memory is asked for, does not count.
    private static List<double> Steps(VisionLanguageModel model, TrainingSet data, TrainingStage stage, TrainingRun run)
    {
        var times = new List<double>();
        var last = TimeSpan.Zero;
        StageTrainer.Train(model, data, stage, run with
        {
            Progress = p =>
            {
                var now = Environment.CpuUsage.TotalTime;
                if (p.Step > 1)
                    times.Add((now - last).TotalMilliseconds);
                last = now;
            },
        }).Model.Dispose();
        return times;
    }

    private static TrainingSet Data(string folder, int batch)
    {
        var random = new Random(1);
        return TrainingSet.FromList([.. Enumerable.Range(0, Math.Max(Pictures, batch)).Select(i =>
        {
            var pixels = new byte[3 * 640 * 480];
            random.NextBytes(pixels.AsSpan(0, pixels.Length / 2));
            string file = Path.Combine(folder, $"{i}.png");
            File.WriteAllBytes(file, PngWriter.ToBytes(new RgbImage(640, 480, pixels)));
            return TrainingExample.Caption($"{i}", ImageSource.FromFile(file), "Describe the image.", string.Concat(Enumerable.Repeat("a dog on a beach ", 1 + 3 * i)));
        })]);
    }
}
