using VlmMlNet.Generation;
using VlmMlNet.Imaging;
using VlmMlNet.Tests.Models;
using VlmMlNet.Training;
using VlmMlNet.Training.Examples;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Training;

public sealed class StageTrainerTests
{
    private static readonly TrainingStage s_everything = TrainingStage.FullFineTuning with
    {
        VisionLearningRate = 3e-3,
        ProjectorLearningRate = 3e-3,
        LanguageLearningRate = 3e-3,
        BatchSize = 6,
    };

    private static void AssertEqual(Dictionary<string, Tensor> a, Dictionary<string, Tensor> b, string prefix, bool equal)
    {
        bool same = a.Where(p => p.Key.StartsWith(prefix, StringComparison.Ordinal)).All(p => TensorAssert.BitEqual(p.Value, b[p.Key]));
        Assert.Equal(equal, same);
    }

    [Theory]
    [InlineData(0, false, true, false)]
    [InlineData(1, false, true, false)]
    [InlineData(2, true, true, true)]
    [InlineData(3, true, true, true)]
    public void A_stage_changes_what_it_trains_and_nothing_else(int index, bool vision, bool projector, bool language)
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        var before = ModelWeights.Snapshot(model);

        var trained = StageTrainer.Train(model, TinyModel.Colours(12), TrainingStage.Paper[index] with { BatchSize = 6 });

        using var result = trained.Model;
        var after = ModelWeights.Snapshot(result);
        AssertEqual(before, ModelWeights.Snapshot(model), "", equal: true);
        AssertEqual(before, after, "vision.", equal: !vision);
        AssertEqual(before, after, "projector.", equal: !projector);
        AssertEqual(before, after, "language.", equal: !language);
        Assert.Equal(2, trained.History.Points.Count);
        Assert.Equal(vision, !ReferenceEquals(model.Network.Vision, result.Network.Vision));
    }

    [Fact]
    public void Training_teaches_the_colour_of_a_picture()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();

        var trained = StageTrainer.Train(model, TinyModel.Colours(120), s_everything with { Epochs = 30 });

        using var result = trained.Model;
        var captions = AnswerGenerator.Answer(result, [TinyModel.Picture(230, 20, 20), TinyModel.Picture(20, 230, 20), TinyModel.Picture(20, 20, 230)]);
        Assert.Equal(["a red picture", "a green picture", "a blue picture"], captions);
        Assert.True(trained.History.Points[^1].Loss < 0.2 * trained.History.Points[0].Loss);
    }

    [Fact]
    public void Equal_seeds_give_equal_weights_and_other_seeds_others()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        var data = TinyModel.Colours(24);

        using var first = StageTrainer.Train(model, data, s_everything, new TrainingRun { Seed = 5 }).Model;
        using var second = StageTrainer.Train(model, data, s_everything, new TrainingRun { Seed = 5 }).Model;
        using var other = StageTrainer.Train(model, data, s_everything, new TrainingRun { Seed = 6 }).Model;

        AssertEqual(ModelWeights.Snapshot(first), ModelWeights.Snapshot(second), "", equal: true);
        AssertEqual(ModelWeights.Snapshot(first), ModelWeights.Snapshot(other), "language.", equal: false);
    }

    [Fact]
    public void Accumulated_small_batches_equal_one_large_batch()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        var data = TinyModel.Colours(12);

        using var large = StageTrainer.Train(model, data, s_everything with { BatchSize = 12 }).Model;
        using var small = StageTrainer.Train(model, data, s_everything with { BatchSize = 3, GradientAccumulation = 4 }).Model;

        foreach (var (name, weight) in ModelWeights.Snapshot(large))
            TensorAssert.Near(weight, ModelWeights.Snapshot(small)[name], 2e-5);
    }

    [Fact]
    public void A_cancelled_run_continues_from_its_checkpoint_to_the_same_weights()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        var data = TinyModel.Colours(30);
        var stage = s_everything with { BatchSize = 4, Epochs = 2 };
        var folder = Directory.CreateTempSubdirectory("vlm-checkpoint-").FullName;
        try
        {
            using var whole = StageTrainer.Train(model, data, stage).Model;
            using var cancel = new CancellationTokenSource();
            var run = new TrainingRun { CheckpointFolder = folder };

            Assert.ThrowsAny<OperationCanceledException>(() => StageTrainer.Train(model, data, stage, run with
            {
                CancellationToken = cancel.Token,
                Progress = p =>
                {
                    if (p.Step == 11) // in the second epoch
                        cancel.Cancel();
                },
            }));
            Assert.Single(Directory.GetFiles(folder));
            long firstStep = 0;
            var resumed = StageTrainer.Train(model, data, stage, run with { Progress = p => firstStep = firstStep == 0 ? p.Step : firstStep });

            using var result = resumed.Model;
            Assert.Equal(12, firstStep);
            Assert.Equal(16, resumed.History.Points.Count);
            Assert.Equal(60, resumed.History.Examples);
            AssertEqual(ModelWeights.Snapshot(whole), ModelWeights.Snapshot(result), "", equal: true);
            Assert.Empty(Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_checkpoint_of_other_settings_is_refused()
    {
        using var model = TinyModel.Create();
        var folder = Directory.CreateTempSubdirectory("vlm-checkpoint-").FullName;
        try
        {
            using var cancel = new CancellationTokenSource();
            var run = new TrainingRun { CheckpointFolder = folder, CancellationToken = cancel.Token, Progress = _ => cancel.Cancel() };
            Assert.ThrowsAny<OperationCanceledException>(() => StageTrainer.Train(model, TinyModel.Colours(24), s_everything, run));

            var error = Assert.Throws<InvalidOperationException>(() => StageTrainer.Train(model, TinyModel.Colours(24),
                s_everything with { WeightDecay = 0.1 }, new TrainingRun { CheckpointFolder = folder }));

            Assert.Contains("was made with other settings: WeightDecay 0 (now 0.1). Use the same ones", error.Message, StringComparison.Ordinal);
            using var continued = StageTrainer.Train(model, TinyModel.Colours(24), s_everything with { MaxDuration = TimeSpan.FromMinutes(1) },
                new TrainingRun { CheckpointFolder = folder, CheckpointInterval = TimeSpan.FromSeconds(1) }).Model;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_duration_ends_the_stage_and_its_schedule()
    {
        using var model = TinyModel.Create();
        var trained = StageTrainer.Train(model, TinyModel.Colours(60), s_everything with { Epochs = 100_000, MaxDuration = TimeSpan.FromSeconds(2) });
        using var result = trained.Model;
        Assert.True(trained.History.Points.Count > 1);
        Assert.True(trained.History.Points[^1].RateFactor < 0.5);
    }

    [Fact]
    public void An_unreadable_picture_ends_the_run_or_is_counted()
    {
        using var model = TinyModel.Create();
        var examples = TinyModel.Colours(6).Read().ToList();
        examples[2] = examples[2] with { Images = [ImageSource.FromBytes(new byte[] { 1, 2, 3 }, "broken picture")] };
        var data = TrainingSet.FromList(examples);

        var error = Assert.Throws<MalformedInputException>(() => StageTrainer.Train(model, data, s_everything));
        Assert.Contains("broken picture", error.Message, StringComparison.Ordinal);

        var trained = StageTrainer.Train(model, data, s_everything, new TrainingRun { SkipUnreadableImages = true });
        using var result = trained.Model;
        Assert.Equal(1, trained.History.Skipped);
        Assert.Equal(5, trained.History.Examples);
    }

    [Fact]
    public void A_stage_that_leaks_its_targets_is_refused()
    {
        using var model = TinyModel.Create();
        var error = Assert.Throws<ArgumentException>(() => StageTrainer.Train(model, TinyModel.Colours(6), TrainingStage.BidirectionalAlignment with { TokenMasking = 0 }));
        Assert.Contains("TokenMasking is 0 under the bidirectional mask", error.Message, StringComparison.Ordinal);
    }
}
