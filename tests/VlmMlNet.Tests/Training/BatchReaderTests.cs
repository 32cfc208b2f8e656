using System.Text;
using VlmMlNet.Imaging;
using VlmMlNet.Tests.Components;
using VlmMlNet.Training;
using VlmMlNet.Training.Batches;
using VlmMlNet.Training.Examples;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Training;

public sealed class BatchReaderTests : IDisposable
{
    private readonly TinyPictures _pictures = new();
    private readonly VisionLanguageModel _model = TinyModel.Create();

    private TrainingSet Data(int count, params int[] bad) => TrainingSet.FromList(Enumerable.Range(0, count).Select(i => TrainingExample.Caption($"row {i}",
        bad.Contains(i) ? ImageSource.FromBytes(Encoding.UTF8.GetBytes("no picture"), "column 'Image'", i) : ImageSource.FromFile(_pictures.File(i), i), "Say.", "a picture")).ToList());

    private BatchReader Reader(TrainingSet data, bool skip) =>
        new(_model, data, TrainingStage.FullFineTuning with { BatchSize = 4 }, new TrainingRun { Shuffle = false, SkipUnreadableImages = skip });

    [Fact]
    public void Pictures_are_prepared_in_order_as_one_by_one()
    {
        using var scope = NewDisposeScope();
        int row = 0;
        foreach (var batch in Reader(Data(10), skip: false).Read(0))
            using (batch)
            {
                var expected = PixelBatch.ToTensor(_model.ImageProcessor, Enumerable.Range(row, batch.Examples).Select(TinyPictures.Picture).ToList())!.DetachFromDisposeScope();
                Assert.True(expected.equal(batch.Pictures!).all().item<bool>());
                expected.Dispose();
                row += batch.Examples;
                Assert.Equal(row, batch.Next.Example);
            }
        Assert.Equal(10, row);
    }

    [Fact]
    public void Others_take_the_place_of_unreadable_pictures()
    {
        var reader = Reader(Data(14, bad: [1, 2, 7, 13]), skip: true);
        var batches = new List<(int Examples, long Next, long Skipped)>();
        foreach (var batch in reader.Read(0))
            using (batch)
                batches.Add((batch.Examples, batch.Next.Example, batch.Skipped));
        Assert.Equal([(4, 6, 2), (4, 11, 3), (2, 14, 4)], batches);
        Assert.Equal(4, reader.Skipped);
    }

    [Fact]
    public void An_unreadable_picture_ends_training_where_it_stands_with_its_row()
    {
        long steps = 0;
        var error = Assert.Throws<MalformedInputException>(() => StageTrainer.Train(_model, Data(40, bad: [18, 17]), TrainingStage.HybridAlignment with { BatchSize = 4 },
            new TrainingRun { Shuffle = false, Progress = p => steps = p.Step }));
        Assert.StartsWith("column 'Image', row 17: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, steps); // the batches before it were learned
    }

    [Fact]
    public void A_missing_file_is_named_with_its_row()
    {
        var data = TrainingSet.FromList([TrainingExample.Caption("row 0", ImageSource.FromFile("missing.png", 5), "Say.", "x")]);
        var error = Assert.Throws<FileNotFoundException>(() => Reader(data, skip: false).Read(0).Count());
        Assert.StartsWith("Row 5: There is no image file", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _model.Dispose();
        _pictures.Dispose();
    }
}
