using TorchSharp;
using VlmMlNet.Models;
using VlmMlNet.Models.Lora;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Tests.Imaging;
using VlmMlNet.Training;

namespace VlmMlNet.Tests.Training;

/// <summary>Alone in the process, because its memory is measured.</summary>
[Collection(nameof(MeasuresMemory))]
public sealed class TrainingMemoryTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Five_hundred_steps_keep_the_number_of_live_tensors_and_the_memory(bool withEveryOption, bool hasAdapters)
    {
        var stage = TrainingStage.FullFineTuning with { BatchSize = 6, Epochs = 50, LanguageLora = hasAdapters ? new LoraOptions { Rank = 2 } : null, VisionLora = hasAdapters ? new LoraOptions { Rank = 2 } : null };
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

    [Fact]
    public void Adapters_take_no_second_copy_of_the_weights()
    {
        var config = TinyModel.Language with { HiddenSize = 1024, IntermediateSize = 4096, NumHiddenLayers = 3, VocabSize = 32000 };
        using var model = new Qwen2ForCausalLM(config); // 300 MB
        WeightInitializer.Initialize(model, 1);
        long bytes = model.parameters().Sum(p => p.numel() * p.ElementSize), before = Resident();

        using var training = new AdapterTraining<Qwen2ForCausalLM>(model, new Qwen2ForCausalLM(config), new LoraOptions { Rank = 4 }, seed: 1);

        Assert.InRange(Resident() - before, long.MinValue, bytes / 10);

        static long Resident()
        {
            GC.Collect();
            using var process = System.Diagnostics.Process.GetCurrentProcess();
            return process.WorkingSet64;
        }
    }
}
