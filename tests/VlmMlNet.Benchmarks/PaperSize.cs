using System.Diagnostics;
using System.Globalization;
using VlmMlNet.Generation;
using VlmMlNet.Imaging;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Text;
using VlmMlNet.Training;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Benchmarks;

/// <summary>The paper's configuration with random weights: what it weighs, and that it runs and trains here.</summary>
internal static class PaperSize
{
    public static void Run()
    {
        TorchRuntime.EnsureLoaded();
        var tokenizer = new BpeTrainer { VocabularySize = 300 }.Train(["Describe the image.", "a dog on a beach"]);
        var model = Timed("build with random weights", () => VisionLanguageModel.CreateRandom(
            SiglipVisionConfig.So400mPatch14At224, Qwen2Config.Qwen25Half, tokenizer, ProjectorConfig.Paper.HiddenSize, seed: 1));
        var counts = model.CountParameters();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
              vision (without head) {counts.Vision,13:N0}
              vision head           {counts.VisionHead,13:N0}
              projector             {counts.Projector,13:N0}
              language model        {counts.Language,13:N0}
              total                 {counts.Total,13:N0}
            """));

        var picture = new RgbImage(640, 480, new byte[640 * 480 * 3]);
        Timed("one caption of 16 tokens", () => AnswerGenerator.Answer(model, [picture], options: new GenerationOptions { MaxTokens = 16 }));
        var data = TrainingSet.FromList([TrainingExample.Caption("example", ImageSource.FromImage(picture, "picture"), "Describe the image.", "a dog on a beach")]);
        var trained = Timed("one stage-2 step, everything trained in float32", () => StageTrainer.Train(model, data, TrainingStage.FullFineTuning with { BatchSize = 1 }));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  loss {trained.History.Points[0].Loss:F4}, gradient norm {trained.History.Points[0].GradientNorm:F4}"));
        trained.Model.Dispose();
        model.Dispose();
    }

    private static T Timed<T>(string what, Func<T> work)
    {
        var watch = Stopwatch.StartNew();
        var result = work();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {watch.Elapsed.TotalSeconds:F1} s; {PeakMemory.Describe()}"));
        return result;
    }
}
