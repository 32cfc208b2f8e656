using System.Text.Json;
using VlmMlNet.Training;
using VlmMlNet.Training.Watching;

namespace VlmMlNet.Tests.Training;

public sealed class MetricsFileTests : IDisposable
{
    private static readonly TrainingStage s_stage = TrainingStage.HybridAlignment with { BatchSize = 2, Epochs = 2 };

    private readonly string _folder = Directory.CreateTempSubdirectory("vlm-metrics-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Metrics => Path.Combine(_folder, "logs", "metrics.jsonl");

    private string Events => Path.Combine(_folder, "events");

    private TrainingRun Run => new()
    {
        MetricsFile = Metrics,
        TensorBoardFolder = Events,
        CheckpointFolder = Path.Combine(_folder, "checkpoint"),
        ValidationData = TinyModel.Colours(4),
        Validation = new ValidationOptions { EverySteps = 4 },
    };

    private List<(string Tag, long Step, float Value)> ReadEvents() =>
        [.. Directory.EnumerateFiles(Events, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(EventFiles.Read)];

    [Fact]
    public void Each_step_and_validation_is_a_line_of_JSON()
    {
        using var model = TinyModel.Create();
        var trained = StageTrainer.Train(model, TinyModel.Colours(10), s_stage, Run);
        using var result = trained.Model;
        var lines = File.ReadAllLines(Metrics).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var steps = lines.Where(l => l.TryGetProperty("rate_factor", out _)).ToList();
        Assert.Equal(Enumerable.Range(1, 10), steps.Select(l => l.GetProperty("step").GetInt32()));
        Assert.All(steps, l => Assert.Equal("stage 1: hybrid alignment", l.GetProperty("stage").GetString()));
        Assert.Equal(trained.History.Points.Select(p => p.Loss), steps.Select(l => l.GetProperty("loss").GetDouble()));
        Assert.Equal(trained.History.Tokens, steps[^1].GetProperty("tokens").GetInt64());
        Assert.All(steps, l => Assert.True(l.GetProperty("memory").GetInt64() > 1 << 20 && l.GetProperty("tokens_per_second").GetDouble() > 0));
        Assert.Equal(trained.History.Validations.Select(v => (v.Step, v.Loss)),
            lines.Where(l => l.TryGetProperty("validation_loss", out _)).Select(l => (l.GetProperty("step").GetInt64(), l.GetProperty("validation_loss").GetDouble())));
    }

    [Fact]
    public void TensorBoard_is_given_the_same_values_in_a_folder_of_the_stage()
    {
        using var model = TinyModel.Create();
        var trained = StageTrainer.Train(model, TinyModel.Colours(10), s_stage, Run);
        using var result = trained.Model;
        Assert.Equal("stage-1-hybrid-alignment", Path.GetFileName(Assert.Single(Directory.GetDirectories(Events))));
        var events = ReadEvents();
        Assert.Equal(trained.History.Points.Select(p => (p.Step, (float)p.Loss)), events.Where(e => e.Tag == "train/loss").Select(e => (e.Step, e.Value)));
        Assert.Equal(trained.History.Validations.Select(v => (v.Step, (float)v.Loss)), events.Where(e => e.Tag == "validation/loss").Select(e => (e.Step, e.Value)));
        Assert.Equal(10, events.Count(e => e.Tag == "train/tokens_per_second"));
        Assert.Equal(10, events.Count(e => e.Tag == "train/memory_gib"));
    }

    [Fact]
    public void A_run_that_is_continued_has_each_step_once()
    {
        using var model = TinyModel.Create();
        var whole = StageTrainer.Train(model, TinyModel.Colours(20), s_stage, Run with { CheckpointFolder = null, MetricsFile = null, TensorBoardFolder = null });
        whole.Model.Dispose();
        using var cancel = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => StageTrainer.Train(model, TinyModel.Colours(20), s_stage, Run with
        {
            CancellationToken = cancel.Token,
            Progress = p =>
            {
                if (p.Step == 9)
                    cancel.Cancel();
            },
        }));
        // As a process leaves it that was killed behind its last checkpoint, while it wrote a line.
        MetricsFile.Append(Metrics, new MetricsLine { Stage = s_stage.Name, Step = 10, RateFactor = 1, Loss = 77 });
        MetricsFile.Append(Metrics, new MetricsLine { Stage = "another", Step = 99, RateFactor = 1, Loss = 1 });
        File.AppendAllText(Metrics, """{"stage":"stage 1: hy""");
        string eventFile = Assert.Single(Directory.EnumerateFiles(Events, "*", SearchOption.AllDirectories));
        TorchSharpWriter(Path.GetDirectoryName(eventFile)!, step: 10);

        var resumed = StageTrainer.Train(model, TinyModel.Colours(20), s_stage, Run);
        resumed.Model.Dispose();
        var lines = MetricsFile.Read(Metrics).ToList();
        Assert.Equal(whole.History.Points.Select(p => ((long, double?))(p.Step, p.Loss)), lines.Where(l => l.IsStep && l.Stage == s_stage.Name).Select(l => (l.Step, l.Loss)));
        Assert.Equal(whole.History.Validations.Select(v => ((long, double?))(v.Step, v.Loss)), lines.Where(l => l.ValidationLoss is not null).Select(l => (l.Step, l.ValidationLoss)));
        Assert.Contains(lines, l => l.Stage == "another");
        Assert.All(File.ReadAllLines(Metrics), line => Assert.NotNull(MetricsLine.Parse(line)));
        Assert.Equal(whole.History.Points.Select(p => (p.Step, (float)p.Loss)), ReadEvents().Where(e => e.Tag == "train/loss").Select(e => (e.Step, e.Value)));
        Assert.Equal([4, 8, 12, 16, 20], ReadEvents().Where(e => e.Tag == "validation/loss").Select(e => e.Step));
    }

    [Fact]
    public void Lines_that_were_lost_come_back_from_the_checkpoint()
    {
        using var model = TinyModel.Create();
        using var cancel = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => StageTrainer.Train(model, TinyModel.Colours(10), s_stage, Run with { CancellationToken = cancel.Token, Progress = p => { if (p.Step == 5) cancel.Cancel(); } }));
        File.Delete(Metrics);
        StageTrainer.Train(model, TinyModel.Colours(10), s_stage, Run).Model.Dispose();
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (long)i), MetricsFile.Read(Metrics).Where(l => l.IsStep).Select(l => l.Step));
    }

    [Fact]
    public void A_new_run_replaces_what_another_has_left_of_the_same_stage()
    {
        using var model = TinyModel.Create();
        for (int i = 0; i < 2; i++)
            StageTrainer.Train(model, TinyModel.Colours(10), s_stage, Run).Model.Dispose();
        Assert.Equal(10, MetricsFile.Read(Metrics).Count(l => l.IsStep));
        Assert.Equal(10, ReadEvents().Count(e => e.Tag == "train/loss"));
    }

    private static void TorchSharpWriter(string folder, long step) => TorchSharp.torch.utils.tensorboard.SummaryWriter(folder, "vlm").add_scalar("train/loss", 77, (int)step);
}
