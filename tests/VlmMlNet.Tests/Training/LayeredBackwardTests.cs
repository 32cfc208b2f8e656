using VlmMlNet.Models.Lora;
using VlmMlNet.Tests.Models;
using VlmMlNet.Training;
using VlmMlNet.Training.Examples;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Training;

/// <summary>Activation checkpointing, and gradients that are freed as they come.</summary>
public sealed class LayeredBackwardTests
{
    private static readonly TrainingStage s_everything = TrainingStage.FullFineTuning with { VisionLearningRate = 3e-3, ProjectorLearningRate = 3e-3, LanguageLearningRate = 3e-3, BatchSize = 6 };

    private static (Dictionary<string, Tensor> Weights, double[] Losses) Train(TrainingStage stage, TrainingSet? data = null)
    {
        using var model = TinyModel.Create();
        var trained = StageTrainer.Train(model, data ?? TinyModel.Colours(36), stage, new TrainingRun { Seed = 3 });
        using var result = trained.Model;
        return (ModelWeights.Snapshot(result), [.. trained.History.Points.Select(p => p.Loss)]);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(2, 3)]
    public void Checkpointed_activations_give_the_same_bits(int stage, int accumulation)
    {
        using var scope = NewDisposeScope();
        var plain = (stage == 2 ? s_everything : TrainingStage.Paper[stage]) with { BatchSize = 6, GradientAccumulation = accumulation, Epochs = 2 };

        var (expected, losses) = Train(plain);
        var (weights, same) = Train(plain with { ActivationCheckpointing = true });

        Assert.Equal(losses, same);
        ModelWeights.AssertSame(expected, weights);
    }

    [Fact]
    public void Rows_without_pictures_are_checkpointed_too()
    {
        using var scope = NewDisposeScope();
        var texts = TrainingSet.FromList([.. Enumerable.Range(0, 12).Select(i => new TrainingExample($"text {i}", [new VlmMlNet.Text.ChatMessage("user", "what colour is it"), new VlmMlNet.Text.ChatMessage("assistant", i % 2 == 0 ? "red" : "a blue picture")], []))]);

        var (expected, losses) = Train(s_everything, texts);
        var (weights, same) = Train(s_everything with { ActivationCheckpointing = true }, texts);

        Assert.Equal(losses, same);
        ModelWeights.AssertSame(expected, weights);
    }

    [Fact]
    public void Released_gradients_change_the_weights_as_kept_ones_do_where_nothing_is_clipped()
    {
        using var scope = NewDisposeScope();
        var unclipped = s_everything with { MaxGradientNorm = null };

        var (expected, losses) = Train(unclipped);
        var (weights, same) = Train(unclipped with { GradientRelease = true });

        Assert.Equal(losses, same);
        ModelWeights.AssertSame(expected, weights);
    }

    [Fact]
    public void Released_gradients_are_clipped_by_the_norms_before_and_by_their_own()
    {
        using var scope = NewDisposeScope();
        var (free, _) = Train(s_everything with { MaxGradientNorm = null, GradientRelease = true });
        var (clipped, losses) = Train(s_everything with { MaxGradientNorm = 1e-9, GradientRelease = true, Epsilon = 1e-4 });
        var (before, _) = Train(s_everything with { MaxSteps = 1, VisionLearningRate = 1e-30, ProjectorLearningRate = 1e-30, LanguageLearningRate = 1e-30 });

        Assert.All(losses, loss => Assert.True(double.IsFinite(loss)));
        // With gradients far below epsilon next to nothing moves.
        double moved = clipped.Max(p => (p.Value - before[p.Key]).abs().max().item<float>()), movedFreely = free.Max(p => (p.Value - before[p.Key]).abs().max().item<float>());
        Assert.True(moved < 1e-3 * movedFreely, $"{moved} against {movedFreely}");
    }

    [Fact]
    public void Released_gradients_need_steps_of_one_batch()
    {
        var e = Assert.Throws<ArgumentException>(() => (s_everything with { GradientRelease = true, GradientAccumulation = 2 }).Check());
        Assert.Contains("GradientAccumulation is 2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_run_with_released_gradients_and_reduced_moments_continues_to_the_same_weights()
    {
        using var scope = NewDisposeScope();
        using var folder = new Files.TemporaryFolder();
        var stage = s_everything with { GradientRelease = true, Moments = MomentPrecision.Int8, MaxGradientNorm = 0.5, Epochs = 2 };
        var (expected, _) = Train(stage);

        using var model = TinyModel.Create();
        using var stop = new CancellationTokenSource();
        var run = new TrainingRun { Seed = 3, CheckpointFolder = folder.Path, CancellationToken = stop.Token, Progress = p => { if (p.Step == 5) stop.Cancel(); } };
        Assert.Throws<OperationCanceledException>(() => StageTrainer.Train(model, TinyModel.Colours(36), stage, run));
        using var result = StageTrainer.Train(model, TinyModel.Colours(36), stage, run with { CancellationToken = default, Progress = null }).Model;

        ModelWeights.AssertSame(expected, ModelWeights.Snapshot(result));
    }

    [Fact]
    public void Adapters_with_dropout_and_packed_rows_are_checkpointed_too()
    {
        using var scope = NewDisposeScope();
        var plain = s_everything with { BatchLayout = BatchLayout.Packed, BatchSize = 2, LanguageLora = new LoraOptions { Rank = 4, Dropout = 0.2 } };

        var (expected, losses) = Train(plain);
        var (weights, same) = Train(plain with { ActivationCheckpointing = true });

        Assert.Equal(losses, same);
        ModelWeights.AssertSame(expected, weights);
    }
}
