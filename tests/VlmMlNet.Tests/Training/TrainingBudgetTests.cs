using VlmMlNet.Training;

namespace VlmMlNet.Tests.Training;

public sealed class TrainingBudgetTests
{
    [Theory]
    [InlineData(true, new[] { 0, 1, 2, 3 })]
    [InlineData(false, new[] { 0, 1, 2, 3 })]
    [InlineData(false, new[] { 2 })]
    public void The_parts_that_are_run_share_the_whole_time(bool trainsBackbones, int[] stages)
    {
        var (vision, language, times) = TrainingBudget.Split(TimeSpan.FromMinutes(20), trainsBackbones, stages);
        Assert.Equal(trainsBackbones, vision is not null && language is not null);
        double total = times.Sum(t => t.TotalSeconds) + (vision?.TotalSeconds ?? 0) + (language?.TotalSeconds ?? 0);
        Assert.Equal(1200, total, 0.001);
        Assert.Equal(stages.Length, times.Count);
    }

    [Fact]
    public void A_stage_that_does_not_exist_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TrainingBudget.Split(TimeSpan.FromMinutes(1), false, [4]));
}
