using System.Globalization;
using VlmMlNet.Imaging;
using VlmMlNet.Models.Lora;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Text;
using VlmMlNet.Training;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Benchmarks;

/// <summary>Steps of a stage at the 900M shape on captions of mixed length: scored tokens per second, and peak memory.</summary>
internal static class TrainingBenchmark
{
    private static readonly string[] s_words = ["a", "dog", "on", "the", "beach", "runs", "after", "red", "ball", "with", "people", "and", "small", "boats", "under", "clouds"];

    public static void Run(IReadOnlyList<string> args)
    {
        TorchRuntime.EnsureLoaded();
        var options = new BenchmarkOptions(args);
        TorchSharp.torch.set_num_threads(options.Threads);
        int number = options.Number("stage", 2), batch = options.Number("batch", 8), steps = options.Number("steps", 3), rank = options.Number("lora", 0);
        var stage = TrainingStage.Paper[number] with { BatchSize = batch, MaxSteps = steps };
        if (options.Has("less") || options.Has("least"))
            stage = stage with { ActivationCheckpointing = true };
        if (options.Has("least"))
            stage = stage with { GradientRelease = true, Moments = MomentPrecision.Int8 };
        if (options.Has("bfloat16"))
            stage = stage with { Precision = TrainingPrecision.BFloat16 };
        if (options.Has("padded"))
            stage = stage with { BatchLayout = BatchLayout.Padded };
        if (rank > 0)
            stage = stage with { VisionLearningRate = null, LanguageLora = new LoraOptions { Rank = rank } };

        var tokenizer = new BpeTrainer { VocabularySize = 300 }.Train(["Describe the image.", string.Join(' ', s_words)]);
        using var model = VisionLanguageModel.CreateRandom(SiglipVisionConfig.So400mPatch14At224, Qwen2Config.Qwen25Half, tokenizer, seed: 1);
        Console.WriteLine($"model: {PeakMemory.Describe()}");
        PeakMemory.Reset();
        var last = TimeSpan.Zero;
        var trained = StageTrainer.Train(model, Captions(batch * steps), stage, new TrainingRun
        {
            Note = Console.WriteLine,
            Progress = p =>
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {p.Step}: {(p.Elapsed - last).TotalSeconds:F1} s, loss {p.Loss:F4}, {p.Examples} examples; {PeakMemory.Describe()}"));
                last = p.Elapsed;
            },
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{trained.History.Tokens / trained.History.Duration.TotalSeconds:F1} scored tokens per second over {trained.History.Points.Count} steps; {PeakMemory.Describe()}"));
        trained.Model.Dispose();
    }

    // 10 to 110 words, most of them few.
    private static TrainingSet Captions(int count)
    {
        var random = new Random(1);
        return TrainingSet.FromList([.. Enumerable.Range(0, count).Select(i =>
        {
            var pixels = new byte[64 * 64 * 3];
            random.NextBytes(pixels);
            int words = 10 + (int)(100 * Math.Pow(random.NextDouble(), 2));
            return TrainingExample.Caption($"example {i}", ImageSource.FromImage(new RgbImage(64, 64, pixels), "picture"), "Describe the image.",
                string.Join(' ', Enumerable.Range(0, words).Select(_ => s_words[random.Next(s_words.Length)])));
        })]);
    }
}
