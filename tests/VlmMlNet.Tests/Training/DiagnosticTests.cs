using VlmMlNet.Imaging;
using VlmMlNet.Training;
using VlmMlNet.Training.Examples;
using VlmMlNet.Training.Watching;
using static VlmMlNet.Training.TrainingDiagnosticKind;

namespace VlmMlNet.Tests.Training;

/// <summary>Each finding by a run that has its cause, and by one that has not.</summary>
public sealed class DiagnosticTests : IDisposable
{
    private static readonly TrainingStage s_everything = TrainingStage.FullFineTuning with { VisionLearningRate = 3e-3, ProjectorLearningRate = 3e-3, LanguageLearningRate = 3e-3, BatchSize = 6 };
    private static readonly TrainingStage s_alignment = TrainingStage.HybridAlignment with { ProjectorLearningRate = 3e-3, BatchSize = 6 };

    private readonly VisionLanguageModel _model = TinyModel.Create();
    private readonly List<TrainingDiagnostic> _told = [];

    public void Dispose() => _model.Dispose();

    private TrainingHistory Train(VisionLanguageModel model, TrainingSet data, TrainingStage stage, TrainingRun? run = null)
    {
        var trained = StageTrainer.Train(model, data, stage, (run ?? new TrainingRun()) with { Diagnosed = _told.Add });
        trained.Model.Dispose();
        Assert.Equal(_told, trained.History.Diagnostics);
        return trained.History;
    }

    private VisionLanguageModel Taught(TrainingSet data, int epochs = 20) => StageTrainer.Train(_model, data, s_everything with { Epochs = epochs }).Model;

    private static TrainingSet Captioned(int count, Func<int, string> caption, Func<int, string>? prompt = null) => TrainingSet.FromList([.. TinyModel.Colours(count).Read().Select((e, i) =>
        TrainingExample.Caption(e.Id, e.Images[0], prompt?.Invoke(i) ?? "Describe the image.", caption(i)))]);

    // Letters in no order: nothing that a language model could expect.
    private static string Noise(int i) => string.Concat(Enumerable.Range(0, 12).Select(k => (char)('!' + new Random(97 * i + k).Next(90))));

    [Fact]
    public void Captions_without_any_order_are_a_plateau_in_alignment()
    {
        var found = Train(_model, Captioned(120, Noise), s_alignment with { Epochs = 8 }).Diagnostics.Single(d => d.Kind == Plateau);
        Assert.Matches(@"^stage 1: hybrid alignment: the loss stays at [4-6]\.\d\d .*recaption the pictures", found.Text);
        Assert.InRange(found.Step, 100, 160);
    }

    [Fact]
    public void Captions_that_the_language_model_knows_are_no_plateau()
    {
        using var taught = Taught(TinyModel.Colours(60));
        Assert.DoesNotContain(Train(taught, TinyModel.Colours(120), s_alignment with { Epochs = 8 }).Diagnostics, d => d.Kind == Plateau);
    }

    [Fact]
    public void A_rate_that_is_too_high_is_told_by_the_spread_of_the_loss()
    {
        var found = Train(_model, TinyModel.Colours(120), s_everything with { Epochs = 25, VisionLearningRate = null, ProjectorLearningRate = 0.3, LanguageLearningRate = 0.3, Schedule = LearningRateSchedule.Constant, WarmupRatio = 0.95 });
        Assert.Matches(@"the loss has risen to .* ± .* the learning rate is too high", Assert.Single(found.Diagnostics, d => d.Kind == LearningRateTooHigh).Text);
    }

    [Fact]
    public void A_rate_that_suits_is_not()
    {
        Assert.DoesNotContain(Train(_model, TinyModel.Colours(120), s_everything with { Epochs = 15, Schedule = LearningRateSchedule.Constant }).Diagnostics, d => d.Kind == LearningRateTooHigh);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Steps_that_are_not_finite_are_skipped_and_counted_and_leave_the_weights_whole(bool isCheckpointed, bool releases)
    {
        var history = Train(_model, Features(damaged: i => i is 3 or 11), s_alignment with { BatchSize = 1, ActivationCheckpointing = isCheckpointed, GradientRelease = releases }, new TrainingRun { Shuffle = false });
        Assert.Equal([4, 12], history.Points.Where(p => p.IsSkipped).Select(p => p.Step));
        Assert.All(history.Points.Where(p => !p.IsSkipped), p => Assert.True(double.IsFinite(p.Loss)));
        Assert.Contains("at step 4 the loss became NaN: the step is skipped", Assert.Single(history.Diagnostics, d => d.Kind == SkippedSteps).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_without_them_skips_nothing()
    {
        var history = Train(_model, Features(damaged: _ => false), s_alignment with { BatchSize = 1 }, new TrainingRun { Shuffle = false });
        Assert.DoesNotContain(history.Points, p => p.IsSkipped);
        Assert.DoesNotContain(history.Diagnostics, d => d.Kind == SkippedSteps);
    }

    [Fact]
    public void Steps_that_go_on_being_skipped_end_the_run_with_a_remedy()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Train(_model, Features(damaged: i => i >= 5), s_alignment with { BatchSize = 1 }, new TrainingRun { Shuffle = false }));
        Assert.Contains("the loss became NaN at step 15, the last of 10 steps in a row that had to be skipped. Lower the learning rates", error.Message, StringComparison.Ordinal);
        Assert.Equal(SkippedSteps, Assert.Single(_told).Kind); // told before
    }

    [Fact]
    public void A_loss_that_explodes_is_skipped_and_ends_the_run()
    {
        var stage = s_everything with { LanguageLearningRate = 5, MaxGradientNorm = null, Epochs = 20, Schedule = LearningRateSchedule.Constant, WarmupRatio = 0.5 };
        var error = Assert.Throws<InvalidOperationException>(() => Train(_model, TinyModel.Colours(60), stage));
        Assert.Matches("the loss became .* steps? .*had to be skipped. Lower the learning rates", error.Message);
        Assert.Contains(_told, d => d.Kind == SkippedSteps);
    }

    [Fact]
    public void A_gradient_has_exploded_that_is_a_thousand_times_those_before_it()
    {
        var history = new TrainingHistory();
        for (int i = 1; i <= 30; i++)
            history.Add(new TrainingHistory.Point(i, 2, 1, 0.5 + i % 3));
        var guard = new StepGuard(s_everything, vocabularySize: 320, history);
        guard.Begin();
        Assert.True(guard.AcceptsNorm(900, isComputed: true));
        Assert.False(guard.AcceptsNorm(1600, isComputed: true));
        Assert.False(guard.AcceptsNorm(double.NaN, isComputed: true));
        Assert.True(guard.AcceptsNorm(double.NaN, isComputed: false));
        Assert.True(guard.AcceptsLoss(11));
        Assert.False(guard.AcceptsLoss(12)); // twice ln 320
        Assert.True(new StepGuard(s_everything, 320, new TrainingHistory()).AcceptsLoss(50)); // as new weights may begin
    }

    [Fact]
    public void A_continued_run_skips_the_same_steps_and_tells_once()
    {
        string folder = Directory.CreateTempSubdirectory("vlm-skip-").FullName;
        try
        {
            var data = Features(damaged: i => i is 3 or 11);
            var run = new TrainingRun { Shuffle = false, CheckpointFolder = folder };
            var whole = Train(_model, data, s_alignment with { BatchSize = 1 }, run);
            _told.Clear();
            using var cancel = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(() => Train(_model, data, s_alignment with { BatchSize = 1 }, run with { CancellationToken = cancel.Token, Progress = p => { if (p.Step == 8) cancel.Cancel(); } }));
            Assert.Single(_told, d => d.Kind == SkippedSteps);
            var resumed = StageTrainer.Train(_model, data, s_alignment with { BatchSize = 1 }, run with { Diagnosed = _told.Add });
            resumed.Model.Dispose();
            Assert.Equal(whole.Points, resumed.History.Points);
            Assert.Equal(whole.Diagnostics, resumed.History.Diagnostics);
            Assert.Single(_told, d => d.Kind == SkippedSteps);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Captions_that_have_nothing_to_do_with_their_pictures_leave_the_pictures_ignored()
    {
        var history = Train(_model, Captioned(120, i => i * 7 % 4 < 2 ? "a red picture" : "a blue picture"), s_everything with { Epochs = 4 });
        Assert.Contains("pictures are ignored: the loss of 64 examples is", Assert.Single(history.Diagnostics, d => d.Kind == PicturesIgnored).Text, StringComparison.Ordinal);
        Assert.InRange(history.Grounding!.Value, -0.1, 0.01);
    }

    [Fact]
    public void Captions_of_their_pictures_do_not()
    {
        var history = Train(_model, TinyModel.Colours(120), s_everything with { Epochs = 30 });
        Assert.DoesNotContain(history.Diagnostics, d => d.Kind is PicturesIgnored or DetailsMissed);
        Assert.True(history.Grounding > 0.2, $"gap {history.Grounding}");
    }

    [Fact]
    public void Questions_that_are_answered_without_looking_are_named_by_their_kind()
    {
        string[] colours = ["red", "green", "blue"];
        // Colours are in the pictures; what is asked of the image is not.
        var history = Train(_model, Captioned(120, i => i % 2 == 0 ? colours[i % 3] : "a picture", i => i % 2 == 0 ? "what colour is it" : "Describe the image."), s_everything with { Epochs = 15 });
        var found = Assert.Single(history.Diagnostics);
        Assert.Equal(DetailsMissed, found.Kind);
        Assert.Contains("'describe the ...'", found.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("'what colour ...'", found.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_language_model_that_forgets_is_told()
    {
        var kept = Text("red green blue", "green blue red", "blue red green");
        using var taught = Taught(kept, epochs: 40);
        var history = Train(taught, TinyModel.Colours(60), s_everything with { Epochs = 15, LanguageLearningRate = 0.03 }, new TrainingRun { KeptText = kept });
        Assert.Contains("the language model forgets: its perplexity on text that was kept aside has risen from", Assert.Single(history.Diagnostics, d => d.Kind == Forgetting).Text, StringComparison.Ordinal);
        Assert.True(history.TextPerplexity!.Value.After > 1.5 * history.TextPerplexity.Value.Before);
    }

    [Fact]
    public void A_language_model_that_keeps_the_text_is_not()
    {
        var kept = Text("red green blue", "green blue red", "blue red green");
        using var taught = Taught(kept, epochs: 40);
        var history = Train(taught, TrainingSet.Concat([TinyModel.Colours(30), TrainingSet.FromList([.. Enumerable.Repeat(kept.Read(), 10).SelectMany(e => e)])]), s_everything with { Epochs = 6 }, new TrainingRun { KeptText = kept });
        Assert.DoesNotContain(history.Diagnostics, d => d.Kind == Forgetting);
        Assert.NotNull(history.TextPerplexity);
    }

    [Fact]
    public void Nothing_is_measured_at_the_end_where_that_is_not_wanted()
    {
        var history = Train(_model, Captioned(30, _ => "a picture"), s_everything, new TrainingRun { Diagnoses = false, KeptText = Text("red") });
        Assert.Null(history.Grounding);
        Assert.Null(history.TextPerplexity);
        Assert.Empty(history.Diagnostics);
    }

    private static TrainingSet Text(params string[] sentences) => KeptText.Of(sentences);

    private static TrainingSet Features(Func<int, bool> damaged, float by = float.NaN) => TrainingSet.FromList([.. Enumerable.Range(0, 40).Select(i =>
    {
        var random = new Random(i);
        var values = new float[TinyModel.Vision.PatchCount * TinyModel.Vision.HiddenSize];
        for (int k = 0; k < values.Length; k++)
            values[k] = (float)(random.NextDouble() - 0.5) * (damaged(i) ? by : 1);
        return TrainingExample.Caption($"example {i}", ImageSource.FromPatches(values, $"picture {i}"), "Describe the image.", "a red picture");
    })]);
}
