using VlmMlNet.Generation;
using VlmMlNet.Imaging;
using VlmMlNet.Parts;
using VlmMlNet.Tests.Imaging;

namespace VlmMlNet.Tests.Generation;

[Collection(nameof(MeasuresMemory))]
public sealed class CaptioningThreadsTests
{
    private static readonly RgbImage[] s_pictures = [.. Enumerable.Range(0, 6).Select(i => TinyModel.Picture((byte)(40 * i), (byte)(250 - 40 * i), 90))];
    private static readonly GenerationOptions s_short = new() { MaxTokens = 6, MaxThreads = 2, BatchSize = 3 };

    [Theory]
    [InlineData(WeightPrecision.Float32)]
    [InlineData(WeightPrecision.Int8)]
    public async Task Two_threads_that_caption_with_one_model_get_the_captions_of_one(WeightPrecision precision)
    {
        using var original = TinyModel.Create(4);
        using var model = original.WithPrecision(precision);
        var alone = AnswerGenerator.Answer(model, s_pictures, options: s_short);

        var together = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
            Enumerable.Range(0, 5).Select(_ => AnswerGenerator.Answer(model, s_pictures, options: s_short)).ToList())));

        Assert.All(together.SelectMany(answers => answers), answers => Assert.Equal(alone, answers));
    }

    [Fact]
    public void A_thousand_captions_keep_the_memory_and_leave_no_thread_when_the_model_is_disposed()
    {
        using var original = TinyModel.Create(5);
        var model = original.WithPrecision(WeightPrecision.Int8);
        void Caption(int times)
        {
            for (int i = 0; i < times; i++)
                AnswerGenerator.Answer(model, s_pictures, options: s_short);
        }
        Caption(20);
        var teams = new[] { ((CpuLanguageModel)model.Conversation.Language).Decoder.Threads, ((CpuImageEncoder)model.VisionPart).Encoder.Threads, ((CpuProjector)model.ProjectorPart).Projection.Threads };
        long before = ResidentBytes();
        Caption(1000 / s_pictures.Length);
        Assert.InRange(ResidentBytes() - before, long.MinValue, 16 << 20);

        model.Dispose();
        Assert.NotEmpty(teams[0]);
        Assert.All(teams.SelectMany(threads => threads), t => Assert.False(t.IsAlive));
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
