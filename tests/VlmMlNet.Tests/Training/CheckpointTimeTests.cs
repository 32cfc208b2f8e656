using System.Text.Json.Nodes;
using VlmMlNet.Safetensors;
using VlmMlNet.Tests.Files;
using VlmMlNet.Training;
using VlmMlNet.Training.Backbones;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Training;

/// <summary>What a checkpoint says of the time and the threads until it counts when the run goes on.</summary>
public sealed class CheckpointTimeTests : IDisposable
{
    private static readonly TrainingStage s_stage = TrainingStage.HybridAlignment with { BatchSize = 2, Epochs = 4 };
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _notes = [];
    private int _steps;

    private TrainingRun Run(Action? step = null, CancellationToken token = default) => new()
    {
        CheckpointFolder = _folder.Path,
        CancellationToken = token,
        Note = _notes.Add,
        Progress = _ =>
        {
            _steps++;
            step?.Invoke();
        },
    };

    private void Interrupted(Action<TrainingRun> train)
    {
        using var cancel = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => train(Run(() =>
        {
            if (_steps == 3)
                cancel.Cancel();
        }, cancel.Token)));
        _steps = 0;
    }

    private void Edit(string name, Action<JsonObject> change)
    {
        using var scope = NewDisposeScope();
        List<KeyValuePair<string, Tensor>> tensors;
        JsonObject state;
        using (var file = SafetensorsFile.Open(_folder.File(name)))
        {
            state = JsonNode.Parse(file.Metadata["training_state"])!.AsObject();
            tensors = [.. file.Tensors.Keys.Select(key => KeyValuePair.Create(key, file.Read(key)))];
        }
        change(state);
        SafetensorsWriter.Write(_folder.File(name), tensors, new Dictionary<string, string> { ["training_state"] = state.ToJsonString() });
    }

    [Fact]
    public void Time_used_before_an_interruption_counts_within_a_stage()
    {
        using var model = TinyModel.Create();
        Interrupted(run => StageTrainer.Train(model, TinyModel.Colours(12), s_stage, run));
        Edit("checkpoint.safetensors", state => state["Duration"] = "01:00:00");
        var trained = StageTrainer.Train(model, TinyModel.Colours(12), s_stage with { MaxDuration = TimeSpan.FromMinutes(30) }, Run());
        using var result = trained.Model;
        Assert.Equal(0, _steps);
        Assert.Equal(3, trained.History.Points.Count);
        Assert.True(trained.History.Duration >= TimeSpan.FromHours(1));
    }

    [Fact]
    public void Time_used_before_an_interruption_counts_within_contrastive_training()
    {
        var options = new ContrastiveOptions { BatchSize = 2, TextLayers = 1 };
        (VlmMlNet.Models.Siglip.SiglipVisionModel, TrainingHistory History) Train(ContrastiveOptions how, TrainingRun run) =>
            ContrastivePretraining.Train(TinyModel.Vision with { UseHead = true }, TinyModel.Tokenizer, TinyModel.Colours(12), how, run);
        Interrupted(run => Train(options, run));
        Edit("contrastive.safetensors", state => state["Duration"] = "01:00:00");
        var (vision, history) = Train(options with { MaxDuration = TimeSpan.FromMinutes(30) }, Run());
        vision.Dispose();
        Assert.Equal(3, history.Points.Count);
    }

    [Fact]
    public void Another_number_of_threads_is_told_and_allowed()
    {
        using var model = TinyModel.Create();
        Interrupted(run => StageTrainer.Train(model, TinyModel.Colours(12), s_stage, run));
        Edit("checkpoint.safetensors", state =>
        {
            Assert.Equal(get_num_threads(), (int)state["Threads"]!);
            state["Threads"] = 77;
        });
        StageTrainer.Train(model, TinyModel.Colours(12), s_stage, Run()).Model.Dispose();
        Assert.Equal([$"until now this was trained with 77 threads, from here on with {get_num_threads()}: the weights will differ a little from those of a run with one number throughout."], _notes);
    }

    [Fact]
    public void A_checkpoint_folder_is_used_by_one_run_at_a_time()
    {
        using var model = TinyModel.Create();
        string? message = null;
        StageTrainer.Train(model, TinyModel.Colours(4), s_stage with { Epochs = 1 }, Run(step: () =>
            message ??= Assert.Throws<IOException>(() => StageTrainer.Train(model, TinyModel.Colours(4), s_stage, Run())).Message)).Model.Dispose();
        Assert.Contains("is being written by another process", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_killed_process_left_of_a_checkpoint_is_removed_by_the_next()
    {
        using var model = TinyModel.Create();
        _folder.Write("checkpoint.safetensors.tmp-abc", "half");
        Interrupted(run => StageTrainer.Train(model, TinyModel.Colours(12), s_stage, run));
        Assert.Equal([_folder.File("checkpoint.safetensors")], Directory.GetFiles(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();
}
