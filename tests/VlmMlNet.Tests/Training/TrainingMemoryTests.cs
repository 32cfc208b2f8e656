using TorchSharp;
using VlmMlNet.Tests.Imaging;
using VlmMlNet.Training;

namespace VlmMlNet.Tests.Training;

/// <summary>Alone in the process, because its memory is measured.</summary>
[Collection(nameof(MeasuresMemory))]
public sealed class TrainingMemoryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Five_hundred_steps_keep_the_number_of_live_tensors_and_the_memory(bool withEveryOption)
    {
        var stage = TrainingStage.FullFineTuning with { BatchSize = 6, Epochs = 50 };
        if (withEveryOption)
            stage = stage with { Precision = TrainingPrecision.BFloat16, GradientRelease = true, Moments = MomentPrecision.Int8 };
        using var model = TinyModel.Create();
        var live = new List<long>();
        var resident = new List<long>();

        var trained = StageTrainer.Train(model, TinyModel.Colours(60), stage, new TrainingRun
        {
            Progress = p =>
            {
                if (p.Step is not (100 or 500))
                    return;
                // One tensor of pixels per step is made on the prefetch thread and freed on this one.
                live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount + p.Step);
                GC.Collect();
                using var process = System.Diagnostics.Process.GetCurrentProcess();
                resident.Add(process.WorkingSet64);
            },
        });

        trained.Model.Dispose();
        Assert.Equal(500, trained.History.Points.Count);
        Assert.Equal(live[0], live[1]);
        Assert.True(resident[1] - resident[0] < 64L << 20, $"grew by {(resident[1] - resident[0]) >> 20} MiB");
    }
}
