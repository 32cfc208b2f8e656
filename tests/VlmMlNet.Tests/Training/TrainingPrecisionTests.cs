using Microsoft.ML;
using VlmMlNet.Models.Layers;
using VlmMlNet.Tests.Files;
using VlmMlNet.Tests.Models;
using VlmMlNet.Training;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Training;

/// <summary>In what numbers a stage computes.</summary>
public sealed class TrainingPrecisionTests
{
    private static readonly TrainingStage s_everything = TrainingStage.FullFineTuning with { VisionLearningRate = 3e-3, ProjectorLearningRate = 3e-3, LanguageLearningRate = 3e-3, BatchSize = 6 };

    private static double Final(TrainingHistory history) => history.Points.TakeLast(10).Average(p => p.Loss);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Bfloat16_reaches_the_loss_of_float32(int seed)
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create((ulong)seed);
        var stage = s_everything with { Epochs = 6 };

        var wide = StageTrainer.Train(model, TinyModel.Colours(60), stage with { Precision = TrainingPrecision.Float32 }, new TrainingRun { Seed = seed });
        var narrow = StageTrainer.Train(model, TinyModel.Colours(60), stage with { Precision = TrainingPrecision.BFloat16 }, new TrainingRun { Seed = seed });

        using VisionLanguageModel first = wide.Model, second = narrow.Model;
        Assert.Equal(Final(wide.History), Final(narrow.History), 0.01 * wide.History.Points[0].Loss);
        Assert.NotEqual(wide.History.Points[0].Loss, narrow.History.Points[0].Loss);
        Assert.All(second.Network.Language.parameters(), p => Assert.Equal(ScalarType.Float32, p.dtype));
    }

    [Fact]
    public void Checkpointed_activations_give_the_same_bits_in_bfloat16_too()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        var stage = s_everything with { Precision = TrainingPrecision.BFloat16 };

        using var plain = StageTrainer.Train(model, TinyModel.Colours(24), stage).Model;
        using var layered = StageTrainer.Train(model, TinyModel.Colours(24), stage with { ActivationCheckpointing = true }).Model;

        Assert.All(plain.Network.Language.parameters().Zip(layered.Network.Language.parameters()), p => Assert.True(TensorAssert.BitEqual(p.First, p.Second)));
        Assert.All(plain.Network.Vision.parameters().Zip(layered.Network.Vision.parameters()), p => Assert.True(TensorAssert.BitEqual(p.First, p.Second)));
    }

    [Fact]
    public void Frozen_weights_are_converted_once_and_trained_ones_keep_float32_gradients()
    {
        using var scope = NewDisposeScope();
        var layer = new LinearLayer(8, 4, hasBias: true, ScalarType.Float32, CPU);
        using (no_grad())
            foreach (var parameter in layer.parameters())
                parameter.copy_(rand(parameter.shape));
        using var precision = new MixedPrecision(ScalarType.BFloat16);
        using var entered = MixedPrecision.Enter(precision);
        var x = rand(3, 8);

        var y = layer.forward(x);
        using (no_grad())
            layer.weight.zero_(); // seen by nobody: what was converted is kept
        Assert.Equal(ScalarType.BFloat16, y.dtype);
        Assert.True(TensorAssert.BitEqual(y, layer.forward(x)));

        layer.weight.requires_grad = true;
        layer.forward(x).sum().backward();
        Assert.Equal(ScalarType.Float32, layer.weight.grad!.dtype);
    }

    [Fact]
    public void A_model_in_bfloat16_is_trained_over_float32_weights_and_its_frozen_parts_stay_shared()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        using var folder = new TemporaryFolder();
        VlmMlNet.ModelFolders.ModelFolder.Save(model, folder.File("model"));
        using var stored = VlmMlNet.ModelFolders.ModelFolder.Load(folder.File("model"), ScalarType.BFloat16);
        var notes = new List<string>();

        var aligned = StageTrainer.Train(stored, TinyModel.Colours(24), TrainingStage.HybridAlignment with { BatchSize = 6, Epochs = 6, ProjectorLearningRate = 2e-2 }, new TrainingRun { Note = notes.Add });

        using var result = aligned.Model;
        Assert.Contains(notes, n => n.Contains("bfloat16", StringComparison.Ordinal) && n.Contains("stored", StringComparison.Ordinal));
        Assert.All(result.Network.Projector.parameters(), p => Assert.Equal(ScalarType.Float32, p.dtype));
        Assert.Same(stored.Network.Language, result.Network.Language);
        Assert.True(aligned.History.Points.TakeLast(4).Average(p => p.Loss) < aligned.History.Points.Take(4).Average(p => p.Loss));
        Assert.NotNull(result.OpenImage(TinyModel.Picture(200, 20, 20)).Answer("Describe the image.")); // parts of two types answer together
    }

    [Fact]
    public void A_continued_run_keeps_the_precision_that_it_began_with()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = TinyModel.Create();
        using var stop = new CancellationTokenSource();
        var run = new TrainingRun { CheckpointFolder = folder.Path, CancellationToken = stop.Token, Progress = p => { if (p.Step == 2) stop.Cancel(); } };
        Assert.Throws<OperationCanceledException>(() => StageTrainer.Train(model, TinyModel.Colours(24), s_everything with { Precision = TrainingPrecision.BFloat16 }, run));

        run = run with { CancellationToken = default, Progress = null };
        var e = Assert.Throws<InvalidOperationException>(() => StageTrainer.Train(model, TinyModel.Colours(24), s_everything with { Precision = TrainingPrecision.Float32 }, run));
        Assert.Contains("Precision", e.Message, StringComparison.Ordinal);
        using var whole = StageTrainer.Train(model, TinyModel.Colours(24), s_everything with { Precision = TrainingPrecision.BFloat16 }).Model;
        using var continued = StageTrainer.Train(model, TinyModel.Colours(24), s_everything, run).Model;
        Assert.All(whole.Network.Language.parameters().Zip(continued.Network.Language.parameters()), p => Assert.True(TensorAssert.BitEqual(p.First, p.Second)));
    }
}
