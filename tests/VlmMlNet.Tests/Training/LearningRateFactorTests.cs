using VlmMlNet.Training;
using VlmMlNet.Training.Backbones;

namespace VlmMlNet.Tests.Training;

public sealed class LearningRateFactorTests
{
    [Theory]
    [InlineData(LearningRateSchedule.Cosine, 0.5)]
    [InlineData(LearningRateSchedule.Linear, 0.5)]
    [InlineData(LearningRateSchedule.Constant, 1)]
    public void The_rate_rises_to_its_peak_and_falls_by_its_schedule(LearningRateSchedule schedule, double halfway)
    {
        Assert.Equal(0, LearningRateFactor.At(schedule, 0, 0.2));
        Assert.Equal(0.25, LearningRateFactor.At(schedule, 0.05, 0.2), 1e-12);
        Assert.Equal(0.75, LearningRateFactor.At(schedule, 0.15, 0.2), 1e-12);
        Assert.Equal(1, LearningRateFactor.At(schedule, 0.2, 0.2), 1e-12);
        Assert.Equal(halfway, LearningRateFactor.At(schedule, 0.6, 0.2), 1e-12);
        Assert.Equal(schedule == LearningRateSchedule.Constant ? 1 : 0, LearningRateFactor.At(schedule, 1, 0.2), 1e-12);
        Assert.Equal(1, LearningRateFactor.At(schedule, 0, 0), 1e-12);
    }

    [Fact]
    public void A_stage_warms_up()
    {
        using var model = TinyModel.Create();
        var trained = StageTrainer.Train(model, TinyModel.Colours(16), TrainingStage.HybridAlignment with { BatchSize = 2, WarmupRatio = 0.5, Schedule = LearningRateSchedule.Linear });
        using var result = trained.Model;
        double[] expected = [0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25, 0];
        Assert.Equal(expected, trained.History.Points.Select(p => Math.Round(p.RateFactor, 12)));
    }

    [Fact]
    public void Contrastive_training_warms_up()
    {
        var (vision, history) = ContrastivePretraining.Train(TinyModel.Vision with { UseHead = true }, TinyModel.Tokenizer, TinyModel.Colours(16), new ContrastiveOptions { BatchSize = 2, Epochs = 1, WarmupRatio = 0.5, TextLayers = 1 });
        using var encoder = vision;
        Assert.Equal([0.25, 0.5, 0.75, 1], history.Points.Take(4).Select(p => Math.Round(p.RateFactor, 12)));
        Assert.True(history.Points[4].RateFactor < 1);
    }
}
