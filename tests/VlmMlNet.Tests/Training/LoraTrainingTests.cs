using VlmMlNet.Generation;
using VlmMlNet.ModelFolders;
using VlmMlNet.ModelFolders.Adapters;
using VlmMlNet.Models.Layers;
using VlmMlNet.Models.Lora;
using VlmMlNet.Parts;
using VlmMlNet.Safetensors;
using VlmMlNet.Tests.Files;
using VlmMlNet.Tests.Models;
using VlmMlNet.Training;
using VlmMlNet.Training.Examples;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Training;

public sealed class LoraTrainingTests : IDisposable
{
    private static readonly LoraOptions s_lora = new() { Rank = 8, Alpha = 16 };

    private static readonly TrainingStage s_adapters = TrainingStage.FullFineTuning with
    {
        VisionLearningRate = 1e-2,
        ProjectorLearningRate = 3e-3,
        LanguageLearningRate = 1e-2,
        VisionLora = s_lora,
        LanguageLora = s_lora,
        BatchSize = 6,
    };

    private readonly TemporaryFolder _folder = new();
    private readonly VisionLanguageModel _model = TinyModel.Create();

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Adapters_teach_a_trained_model_something_else_as_well_as_full_training_does()
    {
        // Adapters change a model that knows something: this one calls every colour by another's name.
        var full = s_adapters with { VisionLora = null, LanguageLora = null, VisionLearningRate = 3e-3, LanguageLearningRate = 3e-3 };
        using var trained = StageTrainer.Train(_model, Renamed(TinyModel.Colours(120)), full with { Epochs = 25 }).Model;
        Assert.Equal(["a green picture", "a blue picture", "a red picture"], Captions(trained));
        var data = TinyModel.Colours(120);

        double loss = Learn(full);
        foreach (var stage in (TrainingStage[])[TrainingStage.FullFineTuning, TrainingStage.InstructionTuning])
            Assert.InRange(Learn(s_adapters with { Name = stage.Name, Mask = stage.Mask }), 0, loss + 0.05);

        double Learn(TrainingStage stage)
        {
            var (model, history) = StageTrainer.Train(trained, data, stage with { Epochs = 6 });
            using var learned = model;
            Assert.Equal(["a red picture", "a green picture", "a blue picture"], Captions(learned));
            return history.Points[^1].Loss;
        }
    }

    private static IReadOnlyList<string> Captions(VisionLanguageModel model) =>
        AnswerGenerator.Answer(model, [TinyModel.Picture(230, 20, 20), TinyModel.Picture(20, 230, 20), TinyModel.Picture(20, 20, 230)]);

    // The pictures with the captions of the pictures before them.
    private static TrainingSet Renamed(TrainingSet data)
    {
        var examples = data.Read().ToList();
        return TrainingSet.FromList([.. examples.Select((e, i) => e with { Messages = examples[(i + 1) % examples.Count].Messages })]);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_stage_by_adapters_changes_their_layers_and_shares_the_other_weights(int index)
    {
        using var scope = NewDisposeScope();
        var before = ModelWeights.Snapshot(_model);
        var stage = TrainingStage.Paper[index] with { BatchSize = 6, VisionLora = s_lora with { Targets = ["fc1"] }, LanguageLora = s_lora with { TargetPattern = @".*\.1\.self_attn\.(q|v)_proj" } };

        using var result = StageTrainer.Train(_model, TinyModel.Colours(12), stage).Model;

        ModelWeights.AssertSame(before, ModelWeights.Snapshot(_model));
        Assert.Equal(["model.layers.1.self_attn.q_proj", "model.layers.1.self_attn.v_proj"], result.LanguageAdapter!.LayerNames);
        Assert.Equal(2, result.VisionAdapter!.LayerNames.Count);
        var adapted = result.LanguageAdapter.LayerNames.Select(n => $"language.{n}.weight").Concat(result.VisionAdapter.LayerNames.Select(n => $"vision.{n}.weight")).ToHashSet();
        var old = ModelWeights.Of(_model).ToDictionary();
        foreach (var (name, weight) in ModelWeights.Of(result).Where(w => !w.Key.StartsWith("projector.", StringComparison.Ordinal)))
        {
            Assert.Equal(!adapted.Contains(name), TensorAssert.BitEqual(before[name], weight));
            Assert.Equal(!adapted.Contains(name), Address(old[name]) == Address(weight)); // one memory
            Assert.False(weight.requires_grad);
        }

        static unsafe nint Address(Tensor tensor) => (nint)VlmMlNet.Tensors.TensorMemory.Pointer<byte>(tensor);
    }

    [Fact]
    public void Merged_weights_compute_what_the_adapters_computed_beside_them()
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        using var result = StageTrainer.Train(_model, TinyModel.Colours(24), s_adapters with { ProjectorLearningRate = null }).Model;
        var ids = tensor(new long[] { 1, 5, 9, 2, 7 }, [1, 5]);
        var merged = result.Network.Language.forward(ids);

        using var own = TinyModel.Create();
        var layers = own.Network.Language.named_modules().ToDictionary(m => m.name, m => m.module);
        foreach (var matrices in result.LanguageAdapter!.Layers)
        {
            var layer = (LinearLayer)layers[matrices.Layer];
            layer.Attach(new LoraBranch(layer, matrices.Rank, matrices.Scaling, null, 0));
            layer.Adapter!.lora_A.weight.copy_(matrices.TensorA());
            layer.Adapter.lora_B.weight.copy_(matrices.TensorB());
        }

        TensorAssert.Near(merged, own.Network.Language.forward(ids), 2e-5);
        Assert.True((merged - _model.Network.Language.forward(ids)).abs().max().item<float>() > 1e-3);
    }

    [Fact]
    public void Saved_adapters_give_the_trained_model_again_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        using var trained = StageTrainer.Train(_model, TinyModel.Colours(24), s_adapters with { ProjectorLearningRate = null }).Model;
        var (language, vision) = (Path.Combine(_folder.Path, "l"), Path.Combine(_folder.Path, "v"));
        AdapterFolder.Save(trained.LanguageAdapter!, trained.Network.Language, language);
        AdapterFolder.Save(trained.VisionAdapter!, trained.Network.Vision, vision);

        using var again = AdaptedModel.Of(_model, AdapterFolder.Load(vision, _model.Network.Vision), AdapterFolder.Load(language, _model.Network.Language));

        ModelWeights.AssertSame(ModelWeights.Snapshot(trained), ModelWeights.Snapshot(again));
        Assert.Equal((false, true), (AdapterFolder.IsOfVision(language), AdapterFolder.IsOfVision(vision)));
    }

    [Fact]
    public void Two_stages_make_one_adapter_whose_ranks_add_up()
    {
        using var scope = NewDisposeScope();
        var stage = s_adapters with { ProjectorLearningRate = null, VisionLearningRate = null, VisionLora = null };
        using var first = StageTrainer.Train(_model, TinyModel.Colours(24), stage).Model;
        using var second = StageTrainer.Train(first, TinyModel.Colours(24), stage with { LanguageLora = new LoraOptions { Rank = 4, Alpha = 4, Targets = ["q_proj"] } }).Model;
        AdapterFolder.Save(second.LanguageAdapter!, second.Network.Language, _folder.Path);

        var adapter = AdapterFolder.Load(_folder.Path, _model.Network.Language);
        using var again = AdaptedModel.Of(_model, null, adapter);

        Assert.Equal(12, adapter.Rank);
        Assert.Equal(first.LanguageAdapter!.LayerNames, adapter.LayerNames);
        var expected = ModelWeights.Snapshot(second);
        Assert.All(ModelWeights.Of(again), w => TensorAssert.Near(expected[w.Key], w.Value, 2e-6));
        using var full = StageTrainer.Train(second, TinyModel.Colours(12), stage with { LanguageLora = null }).Model;
        Assert.Null(full.LanguageAdapter); // it would not tell what has changed
    }

    [Fact]
    public void A_checkpoint_holds_adapters_alone_and_continues_to_the_same_weights()
    {
        using var scope = NewDisposeScope();
        var data = TinyModel.Colours(30);
        var stage = s_adapters with { BatchSize = 2, GradientAccumulation = 2, Epochs = 2, ProjectorLearningRate = null };
        using var whole = StageTrainer.Train(_model, data, stage).Model;
        using var cancel = new CancellationTokenSource();
        var run = new TrainingRun { CheckpointFolder = _folder.Path };

        Assert.ThrowsAny<OperationCanceledException>(() => StageTrainer.Train(_model, data, stage, run with
        {
            CancellationToken = cancel.Token,
            Progress = p =>
            {
                if (p.Step == 11)
                    cancel.Cancel();
            },
        }));
        using (var checkpoint = SafetensorsFile.Open(Directory.GetFiles(_folder.Path).Single()))
            Assert.All(checkpoint.Tensors.Keys, name => Assert.Contains("lora_", name, StringComparison.Ordinal));
        using var resumed = StageTrainer.Train(_model, data, stage, run).Model;

        ModelWeights.AssertSame(ModelWeights.Snapshot(whole), ModelWeights.Snapshot(resumed));
        Assert.Throws<InvalidOperationException>(() =>
        {
            using var again = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(() => StageTrainer.Train(_model, data, stage, run with { CancellationToken = again.Token, Progress = _ => again.Cancel() }));
            StageTrainer.Train(_model, data, stage with { LanguageLora = s_lora with { Rank = 4 } }, run);
        });
    }

    [Fact]
    public void Layers_one_by_one_give_adapters_the_same_bits_as_all_at_once()
    {
        using var scope = NewDisposeScope();
        var data = TinyModel.Colours(24);
        using var plain = StageTrainer.Train(_model, data, s_adapters with { GradientAccumulation = 2 }).Model;
        using var layered = StageTrainer.Train(_model, data, s_adapters with { GradientAccumulation = 2, ActivationCheckpointing = true }).Model;
        ModelWeights.AssertSame(ModelWeights.Snapshot(plain), ModelWeights.Snapshot(layered));

        using var open = StageTrainer.Train(_model, data, s_adapters with { MaxGradientNorm = null }).Model;
        using var released = StageTrainer.Train(_model, data, s_adapters with { MaxGradientNorm = null, GradientRelease = true }).Model;
        var expected = ModelWeights.Snapshot(open);
        Assert.All(ModelWeights.Of(released), w => TensorAssert.Near(expected[w.Key], w.Value, 1e-6));
    }

    [Fact]
    public void Weights_in_bfloat16_stay_as_they_are_while_adapters_in_float32_learn_beside_them()
    {
        using var scope = NewDisposeScope();
        ModelFolder.Save(_model, _folder.Path);
        using var small = ModelFolder.Load(_folder.Path, ScalarType.BFloat16);
        var before = ModelWeights.Snapshot(small);
        var stage = s_adapters with { ProjectorLearningRate = null, Epochs = 10, VisionLora = s_lora with { Dropout = 0 }, LanguageLora = s_lora with { Dropout = 0 } };

        var (model, history) = StageTrainer.Train(small, TinyModel.Colours(30), stage);

        using var trained = model;
        ModelWeights.AssertSame(before, ModelWeights.Snapshot(small));
        Assert.All(ModelWeights.Of(trained), w => Assert.Equal(ScalarType.BFloat16, w.Value.dtype));
        Assert.True(history.Points[^1].Loss < history.Points[0].Loss - 0.1, $"{history.Points[0].Loss} -> {history.Points[^1].Loss}");
        using var again = AdaptedModel.Of(small, trained.VisionAdapter, trained.LanguageAdapter);
        ModelWeights.AssertSame(ModelWeights.Snapshot(trained), ModelWeights.Snapshot(again));
    }

    [Fact]
    public void Seeds_decide_where_adapters_begin_and_what_is_hidden_from_them()
    {
        using var scope = NewDisposeScope();
        var data = TinyModel.Colours(12);
        using var first = StageTrainer.Train(_model, data, s_adapters, new TrainingRun { Seed = 5, Shuffle = false }).Model;
        using var second = StageTrainer.Train(_model, data, s_adapters, new TrainingRun { Seed = 5, Shuffle = false }).Model;
        using var other = StageTrainer.Train(_model, data, s_adapters, new TrainingRun { Seed = 6, Shuffle = false }).Model;
        using var open = StageTrainer.Train(_model, data, s_adapters with { VisionLora = s_lora with { Dropout = 0 }, LanguageLora = s_lora with { Dropout = 0 } }, new TrainingRun { Seed = 5, Shuffle = false }).Model;

        ModelWeights.AssertSame(ModelWeights.Snapshot(first), ModelWeights.Snapshot(second));
        Assert.Contains(ModelWeights.Snapshot(first), w => !TensorAssert.BitEqual(w.Value, ModelWeights.Snapshot(other)[w.Key]));
        Assert.Contains(ModelWeights.Snapshot(first), w => !TensorAssert.BitEqual(w.Value, ModelWeights.Snapshot(open)[w.Key]));
    }

    [Fact]
    public void A_begins_uniformly_within_one_by_the_root_of_the_inputs_and_B_at_nothing()
    {
        using var scope = NewDisposeScope();
        using var training = new AdapterTraining<VlmMlNet.Models.Qwen2.Qwen2ForCausalLM>(_model.Network.Language,
            new VlmMlNet.Models.Qwen2.Qwen2ForCausalLM(_model.Network.Language.Config), new LoraOptions { Rank = 512, Targets = ["q_proj"] }, seed: 1);
        var adapter = training.Adapter();

        float bound = 1 / MathF.Sqrt(16);
        Assert.All(adapter.Layers, layer =>
        {
            Assert.InRange(layer.A.Max(), 0.99f * bound, bound);
            Assert.InRange(layer.A.Min(), -bound, -0.99f * bound);
            Assert.InRange(layer.A.Average(v => v * v), 0.31 * bound * bound, 0.35 * bound * bound); // a third
            Assert.All(layer.B, v => Assert.Equal(0, v));
        });
        Assert.NotEqual(adapter.Layers.First().A, adapter.Layers.Last().A);
    }

    [Theory]
    [InlineData(LoraDropoutCase.Share)]
    [InlineData(LoraDropoutCase.Repeat)]
    public void Dropout_hides_its_share_and_the_same_again_where_a_layer_is_computed_again(LoraDropoutCase what)
    {
        using var scope = NewDisposeScope();
        var dropout = new LoraDropout(0.25);
        var x = ones([100, 100]);
        Assert.True(TensorAssert.BitEqual(x, dropout.Apply(x, 0))); // outside of a batch
        dropout.Begin(seed: 1, step: 2, batch: 0);
        var hidden = dropout.Apply(x, 3);
        if (what == LoraDropoutCase.Share)
        {
            Assert.InRange((hidden == 0).to(ScalarType.Float32).mean().item<float>(), 0.23f, 0.27f);
            Assert.InRange(hidden.mean().item<float>(), 0.97f, 1.03f);
            return;
        }
        Assert.True(TensorAssert.BitEqual(hidden, dropout.Apply(x, 3)));
        Assert.False(TensorAssert.BitEqual(hidden, dropout.Apply(x, 4)));
        dropout.Begin(seed: 1, step: 2, batch: 1);
        Assert.False(TensorAssert.BitEqual(hidden, dropout.Apply(x, 3)));
    }

    public enum LoraDropoutCase
    {
        Share,
        Repeat,
    }

    [Fact]
    public void Settings_that_make_no_sense_are_refused_by_name()
    {
        void Refused(string expected, TrainingStage stage) =>
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => StageTrainer.Train(_model, TinyModel.Colours(3), stage)).Message, StringComparison.Ordinal);

        Refused("LanguageLora is given for a part that the stage freezes", TrainingStage.HybridAlignment with { LanguageLora = s_lora });
        Refused("LanguageLora.Rank is 0", s_adapters with { LanguageLora = s_lora with { Rank = 0 } });
        Refused("VisionLora.Alpha is NaN", s_adapters with { VisionLora = s_lora with { Alpha = double.NaN } });
        Refused("LanguageLora.Dropout is 1", s_adapters with { LanguageLora = s_lora with { Dropout = 1 } });
        Refused("LanguageLora.Targets", s_adapters with { LanguageLora = s_lora with { Targets = [] } });
        Refused("LanguageLora: 'qproj' is no linear layer", s_adapters with { LanguageLora = s_lora with { Targets = ["qproj"] } });
        Refused("LanguageLora: 'model.embed_tokens' is no linear layer", s_adapters with { LanguageLora = s_lora with { Targets = ["q_proj", "embed_tokens"] } });
        Refused("VisionLora", s_adapters with { VisionLora = s_lora with { TargetPattern = "(" } });
    }
}
