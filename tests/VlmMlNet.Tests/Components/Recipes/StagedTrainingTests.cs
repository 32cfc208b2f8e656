using Microsoft.ML;
using VlmMlNet.Components.Recipes;
using VlmMlNet.Tests.Files;
using VlmMlNet.Training;

namespace VlmMlNet.Tests.Components.Recipes;

public sealed class StagedTrainingTests : IDisposable
{
    private static readonly TrainingStage s_stage = new() { Name = "first", ProjectorLearningRate = 1e-3, MaxSteps = 1, MaxDuration = TimeSpan.FromSeconds(100) };
    private readonly TemporaryFolder _folder = new();
    private readonly List<(string Name, TimeSpan? Time)> _finished = [];

    private StagedTraining Plan(TimeSpan? total, params TrainingStage[] stages) => new()
    {
        Start = run =>
        {
            // As a start that is trained reports: 20 seconds, then 10 of another part.
            foreach (var (name, seconds) in new[] { ("a", 10), ("a", 20), ("b", 10) })
                run.Progress!(new TrainingProgress
                {
                    Stage = name,
                    Step = 1,
                    TotalSteps = 2,
                    Fraction = 0.5,
                    Examples = 1,
                    Loss = 1,
                    RateFactor = 1,
                    GradientNorm = 1,
                    ExamplesPerSecond = 1,
                    Elapsed = TimeSpan.FromSeconds(seconds),
                    Remaining = TimeSpan.Zero,
                });
            return TinyModel.Create();
        },
        Stages = [.. stages.Select(s => (s, TinyModel.Colours(3)))],
        OutputFolder = _folder.File("out"),
        MaxDuration = total,
        StageFinished = (stage, _, _) => _finished.Add((stage.Name, stage.MaxDuration)),
    };

    private void Train(StagedTraining plan) => new MLContext(seed: 1).VisionLanguage().Train(plan).Dispose();

    [Fact]
    public void Time_that_a_part_did_not_need_goes_to_those_after_it()
    {
        var second = s_stage with { Name = "second", MaxDuration = TimeSpan.FromSeconds(300) };
        Train(Plan(TimeSpan.FromSeconds(430), s_stage, second));
        Assert.Equal(["first", "second"], _finished.Select(f => f.Name));
        Assert.Equal(100, _finished[0].Time!.Value.TotalSeconds, 1e-6); // a quarter of 430 - 30
        Assert.InRange(_finished[1].Time!.Value.TotalSeconds, 380, 400);

        // What was used before an interruption counts, and the limit may be another one.
        Train(Plan(TimeSpan.FromSeconds(530), s_stage, second, s_stage with { Name = "third" }) with { Resume = true });
        Assert.InRange(_finished[2].Time!.Value.TotalSeconds, 460, 500);
        Train(Plan(TimeSpan.FromSeconds(10), s_stage, second, s_stage with { Name = "third" }, s_stage with { Name = "late" }) with { Resume = true });
        Assert.Equal(("late", TimeSpan.FromSeconds(1)), _finished[3]);
    }

    [Fact]
    public void Without_a_limit_for_all_each_stage_has_its_own()
    {
        Train(Plan(null, s_stage, s_stage with { Name = "second", MaxDuration = null }));
        Assert.Equal([("first", s_stage.MaxDuration), ("second", null)], _finished);
    }

    [Fact]
    public void A_limit_for_all_needs_the_part_of_each() =>
        Assert.Equal("Training stage 'second': MaxDuration is null; a training of limited time needs each stage's part.",
            Assert.Throws<ArgumentException>(() => Train(Plan(TimeSpan.FromSeconds(9), s_stage, s_stage with { Name = "second", MaxDuration = null }))).Message);

    public void Dispose() => _folder.Dispose();
}
