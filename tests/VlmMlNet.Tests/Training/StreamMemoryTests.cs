using System.Diagnostics;
using Microsoft.ML;
using VlmMlNet.Data.Formats.Llava;
using VlmMlNet.Tests.Components;
using VlmMlNet.Tests.Imaging;
using VlmMlNet.Training;
using VlmMlNet.Training.Batches;

namespace VlmMlNet.Tests.Training;

[Collection(nameof(MeasuresMemory))]
public sealed class StreamMemoryTests : IDisposable
{
    private const int RowCount = 200_000;
    private readonly TinyPictures _pictures = new();

    /// <summary>From files to shuffled batches of tokens and pixels, ahead of the taker, as training reads them.</summary>
    [Fact]
    public void Two_hundred_thousand_rows_stream_through_preprocessing_at_flat_memory()
    {
        string path = Path.Combine(_pictures.Folder, "many.json");
        using (var writer = new LlavaJsonWriter(path))
        {
            for (int i = 0; i < RowCount; i++)
            {
                if (i % 4 == 0) // decoding is what costs time here
                    writer.Write($"{i}", Path.GetFileName(_pictures.File(i % 50)), ["<image>\nDescribe.", "a red picture"]);
                else
                    writer.Write($"{i}", null, ["Describe red.", "a red picture"]);
            }
        }
        using var model = TinyModel.Create();
        var watch = Stopwatch.StartNew();
        var data = new MLContext(seed: 1).VisionLanguage() is var vlm ? vlm.ReadExamples([vlm.Data.LoadLlava(path)]) : null!;
        var reader = new BatchReader(model, data, TrainingStage.FullFineTuning with { BatchSize = 100 }, new TrainingRun { Seed = 3 });
        long examples = 0;
        var managed = new List<long>();
        var resident = new List<long>();
        var first = TimeSpan.Zero;
        foreach (var batch in Prefetch.Run(reader.Read(0), ahead: 2))
        {
            using (batch)
                examples += batch.Examples;
            if (first == default)
                first = watch.Elapsed;
            if (examples % 20_000 != 0)
                continue;
            managed.Add(GC.GetTotalMemory(forceFullCollection: true));
            using var process = Process.GetCurrentProcess();
            resident.Add(process.WorkingSet64);
        }
        Assert.Equal(RowCount, examples);
        Assert.Equal(data.Count, examples);
        Assert.True(first < watch.Elapsed / 2, $"the first batch came after {first} of {watch.Elapsed}"); // not when all was read
        // A window is full of examples or nearly empty when it is looked at: some megabytes of texts.
        Assert.InRange(managed.Skip(2).Max() - managed[1], long.MinValue, 20_000_000);
        Assert.InRange(resident.Skip(2).Max() - resident[1], long.MinValue, 64L << 20);
    }

    public void Dispose() => _pictures.Dispose();
}
