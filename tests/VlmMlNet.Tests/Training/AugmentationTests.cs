using VlmMlNet.Imaging;
using VlmMlNet.Imaging.Resizing;
using VlmMlNet.Tests.Models;
using VlmMlNet.Training;
using VlmMlNet.Training.Batches;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Tests.Training;

public sealed class AugmentationTests : IDisposable
{
    private static readonly ImageAugmentation s_none = new() { MinCropArea = 1, MaxStretch = 1, MaxRotation = 0, Brightness = 0, Contrast = 0, Saturation = 0 };
    private static readonly TrainingStage s_stage = TrainingStage.FullFineTuning with { BatchSize = 4, VisionLearningRate = 1e-3, ProjectorLearningRate = 1e-3, LanguageLearningRate = 1e-3, Epochs = 2, Augmentation = new() };
    private readonly VisionLanguageModel _model = TinyModel.Create();

    private static RgbImage Pattern(int width, int height)
    {
        var pixels = new byte[3 * width * height];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i * i / 7);
        return new RgbImage(width, height, pixels);
    }

    private static byte[] Apply(ImageAugmentation augmentation, RgbImage image, int seed = 1) => augmentation.Apply(image, 16, 12, Resampling.Bicubic, new Random(seed)).Pixels;

    [Fact]
    public void With_nothing_to_change_a_picture_is_resized_as_ever()
    {
        foreach (var image in (RgbImage[])[Pattern(40, 30), Pattern(16, 12), Pattern(1, 1), Pattern(3, 200)])
            Assert.Equal(ImageResizer.Resize(image, 16, 12).Pixels, Apply(s_none, image));
    }

    [Fact]
    public void Flipping_exchanges_left_and_right()
    {
        byte[] plain = Apply(s_none, Pattern(16, 12)), flipped = Apply(s_none with { FlipProbability = 1 }, Pattern(16, 12));
        for (int y = 0; y < 12; y++)
            for (int x = 0; x < 48; x++)
                Assert.Equal(plain[48 * y + x], flipped[48 * y + 45 - x / 3 * 3 + x % 3]);
    }

    [Fact]
    public void Each_change_changes_and_equal_seeds_change_equally()
    {
        var image = Pattern(40, 30);
        ImageAugmentation[] changes =
        [
            s_none with { MinCropArea = 0.5 }, s_none with { MaxStretch = 1.5 }, s_none with { MaxRotation = 10 },
            s_none with { Brightness = 0.3 }, s_none with { Contrast = 0.3 }, s_none with { Saturation = 0.3 }, new(),
        ];
        foreach (var change in changes)
        {
            Assert.NotEqual(Apply(s_none, image), Apply(change, image));
            Assert.NotEqual(Apply(change, image, 2), Apply(change, image));
            Assert.Equal(Apply(change, image), Apply(change, image));
        }
    }

    [Fact]
    public void A_picture_of_one_colour_keeps_it_whatever_is_cropped_and_turned()
    {
        var image = TinyModel.Picture(200, 30, 40, size: 33);
        foreach (int seed in Enumerable.Range(0, 50))
            Assert.Equal(Apply(s_none, image), Apply(s_none with { MinCropArea = 0.01, MaxStretch = 4, MaxRotation = 180, FlipProbability = 0.5 }, image, seed));
    }

    [Fact]
    public void Brightness_and_saturation_move_colours_within_their_bounds()
    {
        byte[] grey = Apply(s_none with { Saturation = 1 }, TinyModel.Picture(90, 90, 90));
        Assert.All(grey, value => Assert.Equal(90, value));
        foreach (int seed in Enumerable.Range(0, 50))
            Assert.All(Apply(s_none with { Brightness = 0.5 }, TinyModel.Picture(120, 60, 90), seed), value => Assert.InRange(value, 39, 181));
    }

    [Fact]
    public void Each_epoch_changes_pictures_in_another_way_and_a_pass_goes_on_as_it_began()
    {
        var data = TinyModel.Colours(14);
        BatchReader Reader() => new(_model, data, s_stage, new TrainingRun { Seed = 3 });
        var (first, again, other) = (Read(Reader(), 0), Read(Reader(), 0), Read(Reader(), 1));
        Assert.Equal(first.Select(b => b.Pixels), again.Select(b => b.Pixels));
        Assert.Empty(first.Select(b => b.Pixels).Intersect(other.Select(b => b.Pixels)));
        Assert.Equal(first.Skip(2).Select(b => b.Pixels), Read(Reader(), 0, first[1].Next).Select(b => b.Pixels));

        static List<(string Pixels, StreamPosition Next)> Read(BatchReader reader, int epoch, StreamPosition start = default)
        {
            var batches = new List<(string, StreamPosition)>();
            foreach (var batch in reader.Read(epoch, start))
                using (batch)
                    batches.Add((Convert.ToHexString(batch.Pictures!.bytes), batch.Next));
            return batches;
        }
    }

    [Theory]
    [InlineData(BatchLayout.Packed, false)]
    [InlineData(BatchLayout.Grouped, true)]
    public void A_cancelled_run_with_every_option_on_continues_to_the_same_weights(BatchLayout layout, bool isLayered)
    {
        string folder = Directory.CreateTempSubdirectory("vlm-augmented-").FullName;
        var data = TinyModel.Colours(30);
        var stage = s_stage with { BatchLayout = layout, ActivationCheckpointing = isLayered, GradientRelease = isLayered, TokenMasking = 0.3, GradientAccumulation = isLayered ? 1 : 2 };
        var run = new TrainingRun { Seed = 8, CheckpointFolder = Path.Combine(folder, "checkpoint"), FeatureCache = new FeatureCacheOptions { Folder = Path.Combine(folder, "features") } };
        try
        {
            using var whole = StageTrainer.Train(_model, data, stage, run with { CheckpointFolder = null }).Model;
            using var cancel = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(() => StageTrainer.Train(_model, data, stage, run with
            {
                CancellationToken = cancel.Token,
                Progress = p =>
                {
                    if (p.Step == 6) // in the second epoch
                        cancel.Cancel();
                },
            }));
            using var resumed = StageTrainer.Train(_model, data, stage, run).Model;
            Assert.All(whole.Network.Vision.parameters().Zip(resumed.Network.Vision.parameters()), p => Assert.True(TensorAssert.BitEqual(p.First, p.Second)));
            Assert.All(whole.Network.Language.parameters().Zip(resumed.Network.Language.parameters()), p => Assert.True(TensorAssert.BitEqual(p.First, p.Second)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_frozen_encoder_sees_changed_pictures_too_and_nothing_is_cached_then()
    {
        string folder = Directory.CreateTempSubdirectory("vlm-augmented-").FullName;
        try
        {
            var stage = TrainingStage.HybridAlignment with { BatchSize = 4, Augmentation = new() };
            using var trained = StageTrainer.Train(_model, TinyModel.Colours(8), stage, new TrainingRun { FeatureCache = new FeatureCacheOptions { Folder = folder } }).Model;
            Assert.Empty(Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Given_features_cannot_be_augmented_and_impossible_settings_are_named()
    {
        var features = TrainingSet.FromList([TrainingExample.Caption("0", ImageSource.FromPatches(new float[64], "features"), "Say.", "red")]);
        Assert.Contains("pictures cannot be augmented", Assert.Throws<ArgumentException>(() =>
            StageTrainer.Train(_model, features, TrainingStage.HybridAlignment with { Augmentation = new() })).Message, StringComparison.Ordinal);
        Assert.Contains("MinCropArea is 0", Assert.Throws<ArgumentException>(() => (s_stage with { Augmentation = new() { MinCropArea = 0 } }).Check()).Message, StringComparison.Ordinal);
        Assert.Contains("Contrast is 2", Assert.Throws<ArgumentException>(() => (s_stage with { Augmentation = new() { Contrast = 2 } }).Check()).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _model.Dispose();
}
