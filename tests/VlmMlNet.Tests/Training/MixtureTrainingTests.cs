using Microsoft.ML;
using Parquet.Serialization;
using TorchSharp;
using VlmMlNet.Tests.Cli;
using VlmMlNet.Training;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Tests.Training;

/// <summary>A parquet, a JSON and a CSV as one data set, and runs over it that are broken off.</summary>
public sealed class MixtureTrainingTests : CliTest
{
    private readonly MLContext _context = new(seed: 1);

    private TrainingSet Mixture() => _context.VisionLanguage().ReadExamples([_context.VisionLanguage().Data.LoadRecipe(WriteRecipe())]);

    [Fact]
    public void A_mixture_of_a_parquet_a_JSON_and_a_CSV_trains_in_one_run()
    {
        var (code, _, error) = Run("train", "--model", SavedModel(), "--data", WriteRecipe(), "--stages", "0,2", "--batch-size", "5", "--out", InFolder("out"));
        Assert.True(code == 0, error);
        Assert.Contains("22 examples", error, StringComparison.Ordinal); // 9 conversations, 2 x 3 questions, 7 captions
        Assert.Matches(@"(?m)^stage 2: .*: 5 steps in .*; saved$", error);
        Assert.Equal(0, Run("caption", Picture(0), "--model", InFolder("out")).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_mixture_that_is_broken_off_anywhere_goes_on_to_the_same_weights(bool shuffle)
    {
        using var scope = torch.NewDisposeScope();
        using var model = TinyModel.Create();
        var stage = TrainingStage.FullFineTuning with { BatchSize = 3, Epochs = 2 };
        var run = new TrainingRun { Shuffle = shuffle, Seed = 4 };
        var whole = StageTrainer.Train(model, Mixture(), stage, run);
        using var expected = whole.Model;
        foreach (int stop in (int[])[1, 7, 8, 11])
        {
            string folder = InFolder($"checkpoint {stop}");
            using var cancel = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(() => StageTrainer.Train(model, Mixture(), stage, run with
            {
                CheckpointFolder = folder,
                CancellationToken = cancel.Token,
                Progress = p =>
                {
                    if (p.Step == stop)
                        cancel.Cancel();
                },
            }));
            var resumed = StageTrainer.Train(model, Mixture(), stage, run with { CheckpointFolder = folder });
            using var actual = resumed.Model;
            Assert.Equal(whole.History.Points, resumed.History.Points);
            Assert.Equal(whole.History.Examples, resumed.History.Examples);
            foreach (var (name, weight) in expected.Network.Language.named_parameters())
                Assert.True(weight.equal(actual.Network.Language.get_parameter(name)!).all().item<bool>(), name);
        }
    }

    [Fact]
    public void Examples_that_were_left_out_are_counted_once_by_a_run_that_goes_on_however_often()
    {
        File.WriteAllText(Picture(2), "no picture");
        File.WriteAllText(Picture(7), "no picture");
        using var model = TinyModel.Create();
        var stage = TrainingStage.HybridAlignment with { BatchSize = 2, Epochs = 2 };
        var run = new TrainingRun { SkipUnreadableImages = true, CheckpointFolder = InFolder("checkpoint") };
        using var whole = StageTrainer.Train(model, Mixture(), stage, run).Model;
        foreach (int stop in new[] { 13, 15 })
        {
            using var cancel = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(() => StageTrainer.Train(model, Mixture(), stage, run with
            {
                CancellationToken = cancel.Token,
                Progress = p =>
                {
                    if (p.Step == stop)
                        cancel.Cancel();
                },
            }));
        }
        var resumed = StageTrainer.Train(model, Mixture(), stage, run);
        using var result = resumed.Model;
        // In each epoch: a conversation and a caption of picture 2, a conversation of picture 7.
        Assert.Equal(6, resumed.History.Skipped);
        Assert.Equal(2 * 22 - 6, resumed.History.Examples);
    }

    private string WriteRecipe()
    {
        LlavaFile(9);
        if (!File.Exists(InFolder("questions.parquet")))
        {
            using var file = File.Create(InFolder("questions.parquet"));
            ParquetSerializer.SerializeAsync(Enumerable.Range(0, 3).Select(i => new Question { image = new Embedded { bytes = File.ReadAllBytes(Picture(10 + i)), path = "x.png" }, question = "What colour?", answer = "red" }).ToList(),
                file).Wait(TestContext.Current.CancellationToken);
        }
        File.WriteAllText(InFolder("captions.csv"), "image,caption\n" + string.Concat(Enumerable.Range(0, 7).Select(i => $"{Path.GetFileName(Picture(i))},a picture\n")));
        File.WriteAllText(InFolder("recipe.yaml"), "datasets:\n- path: llava.json\n- path: questions.parquet\n  weight: 2\n- path: captions.csv\n");
        return InFolder("recipe.yaml");
    }

#pragma warning disable IDE1006 // columns of the file
    private sealed class Question
    {
        public Embedded? image { get; set; }

        public string? question { get; set; }

        public string? answer { get; set; }
    }

    private sealed class Embedded
    {
        public byte[]? bytes { get; set; }

        public string? path { get; set; }
    }
#pragma warning restore IDE1006
}
