using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.ML;
using VlmMlNet.Data.Formats.Llava;
using VlmMlNet.Evaluation.Captions;
using VlmMlNet.Training;

namespace VlmMlNet.Tests.Components;

/// <summary>What a user types, from folders of Hugging Face to captions in another process, on tiny models.</summary>
public sealed class NorthStarTests : IDisposable
{
    private readonly TinyPictures _pictures = new();

    private sealed class Photo
    {
        public string ImagePath { get; set; } = "";
        public string[] References { get; set; } = [];
    }

    // Stages that teach a tiny model something within seconds.
    private static TrainingStage Tiny(TrainingStage stage) => stage with
    {
        VisionLearningRate = stage.VisionLearningRate is null ? null : 1e-2,
        ProjectorLearningRate = 1e-2,
        LanguageLearningRate = stage.LanguageLearningRate is null ? null : 1e-2,
        BatchSize = 6,
        Epochs = stage.VisionLearningRate is null ? 2 : 30,
    };

    private string At(string name) => Path.Combine(_pictures.Folder, name);

    private void WriteFiles()
    {
        BackboneFolders.WriteVision(At("siglip-so400m-patch14-224"));
        BackboneFolders.WriteLanguage(At("Qwen2.5-0.5B-Instruct"));
        WriteLlava("blip558k_recap.json", i => ("Describe the image.", _pictures[i].Captions[0]));
        WriteLlava("llava_next_790k.json", i => i % 2 == 0 ? ("Describe the image.", _pictures[i].Captions[0]) : ("What colour is it?", _pictures[i].Answer));
    }

    private void WriteLlava(string name, Func<int, (string Question, string Answer)> talk)
    {
        using var writer = new LlavaJsonWriter(At(name));
        for (int i = 0; i < 48; i++)
            writer.Write($"{i}", Path.GetFileName(_pictures.File(i)), [$"<image>\n{talk(i).Question}", talk(i).Answer]);
    }

    [Fact]
    public void Four_stages_a_pipeline_and_a_saved_model_that_another_process_uses()
    {
        WriteFiles();

        var mlContext = new MLContext(seed: 1);
        var vlm = mlContext.VisionLanguage();

        VisionLanguageModel backbones = vlm.LoadBackbones(At("siglip-so400m-patch14-224"), At("Qwen2.5-0.5B-Instruct"));
        IDataView recap = vlm.Data.LoadLlava(At("blip558k_recap.json"));
        IDataView instruct = vlm.Data.LoadLlava(At("llava_next_790k.json"), imageFolder: _pictures.Folder);

        var aligned = vlm.Stages.BidirectionalAlignment(Tiny).Fit(recap, backbones);
        var hybrid = vlm.Stages.HybridAlignment(Tiny).Fit(recap, aligned);
        var tuned = vlm.Stages.FullFineTuning(Tiny).Fit(recap, hybrid);
        var tutored = vlm.Stages.InstructionTuning(Tiny).Fit(instruct, tuned);

        var photos = mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 3).Select(i => new Photo { ImagePath = _pictures.File(i), References = [_pictures[i].Captions[0]] }).ToList());
        var test = photos;
        var pipeline = mlContext.Transforms.ImageEncoder(tutored, "Patches", "ImagePath")
            .Append(mlContext.Transforms.ModalityProjector(tutored, "VisualTokens", "Patches"))
            .Append(mlContext.Transforms.CaptionGenerator(tutored, "Caption", "VisualTokens"));
        ITransformer captioner = pipeline.Fit(photos);
        CaptionMetrics metrics = vlm.EvaluateCaptions(captioner.Transform(test), "References", "Caption");
        mlContext.Model.Save(captioner, photos.Schema, At("captioner.zip"));

        string[] captions = captioner.Transform(test).Texts("Caption");
        Assert.Equal(["a red picture", "a green picture", "a blue picture"], captions);
        Assert.True(metrics.Cider > 1);
        Assert.Equal(captions.Concat(captions), RunScoringApp(At("captioner.zip"), Enumerable.Range(0, 3).Select(_pictures.File)));
    }

    // The application lies beside this one, wherever that was built.
    private static string[] RunScoringApp(string model, IEnumerable<string> pictures)
    {
        string app = Path.Combine(AppContext.BaseDirectory.Replace("VlmMlNet.Tests", "VlmMlNet.ScoringApp", StringComparison.Ordinal), "VlmMlNet.ScoringApp.dll");
        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        var start = new ProcessStartInfo(host, [app, model, .. pictures]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
        return output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose() => _pictures.Dispose();
}
