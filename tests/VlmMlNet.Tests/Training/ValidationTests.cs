using VlmMlNet.Tests.Models;
using VlmMlNet.Training;
using VlmMlNet.Training.Examples;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Training;

public sealed class ValidationTests : IDisposable
{
    private static readonly TrainingStage s_stage = TrainingStage.FullFineTuning with { VisionLearningRate = 3e-3, ProjectorLearningRate = 3e-3, LanguageLearningRate = 3e-3, BatchSize = 4, Epochs = 2 };

    private readonly string _folder = Directory.CreateTempSubdirectory("vlm-validation-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static TrainingRun Run(int every = 3) => new() { ValidationData = TinyModel.Colours(6), Validation = new ValidationOptions { EverySteps = every } };

    // What the validation data says is known; the data says something else of the same pictures.
    private static readonly Lazy<VisionLanguageModel> s_taught = new(() =>
    {
        using var model = TinyModel.Create();
        return StageTrainer.Train(model, TinyModel.Colours(60), s_stage with { Epochs = 8 }).Model;
    });

    private static TrainingSet Misleading(int count) => TrainingSet.FromList([.. TinyModel.Colours(count).Read().Select(e => e with { Messages = [e.Messages[0], new("assistant", "what colour is it")] })]);

    private static void AssertSame(VisionLanguageModel expected, VisionLanguageModel actual) =>
        ModelWeights.AssertSame(ModelWeights.Snapshot(expected), ModelWeights.Snapshot(actual));

    [Fact]
    public void A_stage_is_validated_every_so_many_steps_and_at_its_end()
    {
        using var model = TinyModel.Create();
        var told = new List<ValidationPoint>();
        var trained = StageTrainer.Train(model, TinyModel.Colours(20), s_stage, Run() with { Validated = told.Add });
        using var result = trained.Model;
        Assert.Equal([3, 6, 9, 10], trained.History.Validations.Select(v => v.Step));
        Assert.Equal(told, trained.History.Validations);
        Assert.True(trained.History.Validations[^1].Loss < trained.History.Validations[0].Loss);
        Assert.Null(trained.History.BestStep);
    }

    [Fact]
    public void A_stage_is_validated_after_each_share_of_it()
    {
        using var model = TinyModel.Create();
        var trained = StageTrainer.Train(model, TinyModel.Colours(40), s_stage, Run() with { Validation = new ValidationOptions { Share = 0.25 } });
        using var result = trained.Model;
        Assert.Equal([5, 10, 15, 20], trained.History.Validations.Select(v => v.Step));
    }

    [Fact]
    public void Validation_changes_no_weight()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        using var plain = StageTrainer.Train(model, TinyModel.Colours(20), s_stage).Model;
        using var validated = StageTrainer.Train(model, TinyModel.Colours(20), s_stage, Run() with { ValidationScore = _ => 1 }).Model;
        AssertSame(plain, validated);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_best_weights_are_kept(bool hasFolder)
    {
        using var scope = NewDisposeScope();
        var model = s_taught.Value;
        var run = Run() with { CheckpointFolder = hasFolder ? _folder : null };
        var stage = s_stage with { Schedule = LearningRateSchedule.Constant, WarmupRatio = 0 }; // the first steps are those of a shorter run
        var trained = StageTrainer.Train(model, Misleading(40), stage, run with { Validation = run.Validation with { KeepBest = true } });
        using var best = trained.Model;
        Assert.Equal(trained.History.Validations.MinBy(v => v.Loss)!.Step, trained.History.BestStep);
        Assert.True(trained.History.BestStep < 20, $"best step {trained.History.BestStep}");
        using var stopped = StageTrainer.Train(model, Misleading(40), stage with { MaxSteps = (int)trained.History.BestStep! }).Model;
        AssertSame(stopped, best);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_stage_ends_when_it_does_not_get_better()
    {
        var model = s_taught.Value;
        var run = Run(every: 2);
        var trained = StageTrainer.Train(model, Misleading(80), s_stage, run with { Validation = run.Validation with { Patience = 2 } });
        using var result = trained.Model;
        long best = trained.History.Validations.MinBy(v => v.Loss)!.Step;
        Assert.Equal(best + 4, trained.History.Points.Count);
        Assert.True(trained.History.Points.Count < 40);
    }

    [Fact]
    public void A_score_decides_where_it_is_what_is_measured()
    {
        using var model = TinyModel.Create();
        double[] scores = [0.1, 0.5, 0.3, 0.2];
        int asked = 0;
        var run = Run() with { ValidationScore = _ => scores[asked++], Validation = new ValidationOptions { EverySteps = 3, KeepBest = true, Measure = ValidationMeasure.Score } };
        var trained = StageTrainer.Train(model, TinyModel.Colours(20), s_stage, run);
        using var result = trained.Model;
        Assert.Equal(6, trained.History.BestStep);
        Assert.Equal(scores, trained.History.Validations.Select(v => v.Score!.Value));
    }

    [Fact]
    public void A_score_is_given_the_weights_as_they_are_then()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        var seen = new List<float>();
        var run = Run() with { ValidationScore = m => { seen.Add(m.Network.Language.OutputWeight.sum().item<float>()); return 0; } };
        var trained = StageTrainer.Train(model, TinyModel.Colours(20), s_stage with { Schedule = LearningRateSchedule.Constant }, run);
        using var result = trained.Model;
        Assert.Equal(4, seen.Distinct().Count());
        Assert.Equal(result.Network.Language.OutputWeight.sum().item<float>(), seen[^1]);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(11)]
    public void A_run_that_is_broken_off_validates_and_keeps_the_same_as_a_whole_one(int stop)
    {
        using var scope = NewDisposeScope();
        var model = s_taught.Value;
        var run = Run() with { CheckpointFolder = _folder };
        run = run with { Validation = run.Validation with { KeepBest = true, Patience = 5 } };
        var whole = StageTrainer.Train(model, Misleading(40), s_stage, run);
        using var expected = whole.Model;
        using var cancel = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => StageTrainer.Train(model, Misleading(40), s_stage, run with
        {
            CancellationToken = cancel.Token,
            CheckpointInterval = TimeSpan.Zero,
            Progress = p =>
            {
                if (p.Step == stop)
                    cancel.Cancel();
            },
        }));
        var resumed = StageTrainer.Train(model, Misleading(40), s_stage, run);
        using var actual = resumed.Model;
        Assert.Equal(whole.History.Validations, resumed.History.Validations);
        Assert.Equal(whole.History.BestStep, resumed.History.BestStep);
        Assert.Equal(whole.History.Points, resumed.History.Points);
        AssertSame(expected, actual);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_run_whose_validation_decides_is_not_continued_with_another()
    {
        using var model = TinyModel.Create();
        using var cancel = new CancellationTokenSource();
        var run = Run() with { CheckpointFolder = _folder };
        run = run with { Validation = run.Validation with { Patience = 5 } };
        Assert.ThrowsAny<OperationCanceledException>(() => StageTrainer.Train(model, TinyModel.Colours(20), s_stage, run with { CancellationToken = cancel.Token, Progress = _ => cancel.Cancel() }));
        var error = Assert.Throws<InvalidOperationException>(() => StageTrainer.Train(model, TinyModel.Colours(20), s_stage, run with { Validation = run.Validation with { Patience = 6 } }));
        Assert.Contains("Validation.Patience 5 (now 6)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_choice_without_what_it_chooses_by_is_refused()
    {
        using var model = TinyModel.Create();
        string Refused(TrainingRun run) => Assert.Throws<ArgumentException>(() => StageTrainer.Train(model, TinyModel.Colours(4), s_stage, run)).Message;
        Assert.Contains("KeepBest and Patience need ValidationData", Refused(new TrainingRun { Validation = new ValidationOptions { KeepBest = true } }), StringComparison.Ordinal);
        Assert.Contains("ValidationMeasure.Score needs ValidationScore", Refused(Run() with { Validation = new ValidationOptions { KeepBest = true, Measure = ValidationMeasure.Score } }), StringComparison.Ordinal);
        Assert.Contains("Validation: Share is 0; it must be above 0", Refused(new TrainingRun { Validation = new ValidationOptions { Share = 0 } }), StringComparison.Ordinal);
    }
}
