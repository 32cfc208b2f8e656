using Microsoft.ML;
using VlmMlNet.Components.Recipes;
using VlmMlNet.Imaging;
using VlmMlNet.Tests.Models;
using VlmMlNet.Training;
using VlmMlNet.Training.Batches;
using VlmMlNet.Training.Examples;
using VlmMlNet.Training.Features;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Training;

public sealed class FeatureCacheTests : IDisposable
{
    private static readonly TrainingStage s_stage = TrainingStage.HybridAlignment with { ProjectorLearningRate = 3e-3, BatchSize = 5, Epochs = 3 };
    private readonly string _folder = Directory.CreateTempSubdirectory("vlm-features-").FullName;
    private readonly VisionLanguageModel _model = TinyModel.Create();
    private readonly List<string> _notes = [];

    private static TrainingSet Data() => TinyModel.Colours(24);

    private string Folder => Path.Combine(_folder, "cache");

    private string FeatureFile => Assert.Single(Directory.GetFiles(Folder, "*.features"));

    private TrainingRun Run(FeatureCacheOptions? options = null) => new() { Seed = 3, FeatureCache = options ?? new FeatureCacheOptions { Folder = Folder }, Note = _notes.Add };

    private static void AssertSameWeights(VisionLanguageModel a, VisionLanguageModel b) =>
        Assert.All(a.Network.Projector.parameters().Zip(b.Network.Projector.parameters()), p => Assert.True(TensorAssert.BitEqual(p.First, p.Second)));

    [Theory]
    [InlineData(BatchLayout.Packed)]
    [InlineData(BatchLayout.Grouped)]
    public void Training_from_the_cache_learns_the_same_to_the_last_bit(BatchLayout layout)
    {
        var stage = s_stage with { BatchLayout = layout };
        using var plain = StageTrainer.Train(_model, Data(), stage, Run() with { FeatureCache = null }).Model;
        using var first = StageTrainer.Train(_model, Data(), stage, Run()).Model;
        long length = new FileInfo(FeatureFile).Length;
        Assert.Equal(64 + 24 * (64 + 4 * 16 * sizeof(float)), length); // each picture once
        using var second = StageTrainer.Train(_model, Data(), stage, Run()).Model;
        Assert.Equal(length, new FileInfo(FeatureFile).Length);
        AssertSameWeights(plain, first);
        AssertSameWeights(plain, second);
        Assert.Empty(_notes);
    }

    [Fact]
    public void Layer_by_layer_backward_learns_from_the_cache_too()
    {
        using var plain = StageTrainer.Train(_model, Data(), s_stage, Run() with { FeatureCache = null }).Model;
        using var layered = StageTrainer.Train(_model, Data(), s_stage with { ActivationCheckpointing = true }, Run()).Model;
        AssertSameWeights(plain, layered);
    }

    [Fact]
    public void Pictures_of_the_cache_are_not_decoded_again()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "pictures")).FullName;
        var data = TrainingSet.FromList([.. Enumerable.Range(0, 6).Select(i => TrainingExample.Caption($"{i}", ImageSource.FromFile(Path.Combine(folder, "one.png"), i), "Say.", "red"))]);
        File.WriteAllBytes(Path.Combine(folder, "one.png"), Png(10));
        using var cache = FeatureCache.Open(new FeatureCacheOptions { Folder = Folder }, _model, null);
        Assert.Equal((6, 1), (Read(out var before), cache.Count)); // six rows, one picture
        Assert.Equal((0, 1), (Read(out var after), cache.Count));
        Assert.Equal(before, after);
        File.WriteAllBytes(Path.Combine(folder, "one.png"), Png(200)); // another picture of the same name
        Assert.Equal((6, 2), (Read(out var other), cache.Count));
        Assert.NotEqual(before, other);

        int Read(out byte[] features)
        {
            using var batch = new BatchReader(_model, data, s_stage with { BatchSize = 6 }, new TrainingRun(), cache).Read(0).Single();
            Assert.Equal(PictureForm.Patches, batch.Form);
            int missing = batch.Pending?.Count ?? 0;
            batch.EncodeMissing(_model.Network, CPU);
            features = batch.Pictures!.bytes.ToArray();
            return missing;
        }
    }

    [Fact]
    public void What_does_not_fit_is_computed()
    {
        using var plain = StageTrainer.Train(_model, Data(), s_stage, Run() with { FeatureCache = null }).Model;
        var options = new FeatureCacheOptions { Folder = Folder, MaxBytes = 64 + 10 * 320 };
        using var bounded = StageTrainer.Train(_model, Data(), s_stage, Run(options)).Model;
        AssertSameWeights(plain, bounded);
        Assert.Equal(options.MaxBytes, new FileInfo(FeatureFile).Length);
        Assert.Contains("holds 10 pictures, and no more: ", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_and_cut_off_records_are_computed_anew()
    {
        using var plain = StageTrainer.Train(_model, Data(), s_stage, Run()).Model;
        byte[] whole = File.ReadAllBytes(FeatureFile);
        var random = new Random(5);
        for (int i = 0; i < 12; i++)
        {
            byte[] damaged = whole[..(i % 2 == 0 ? whole.Length : random.Next(whole.Length))];
            for (int k = 0; k < 20 && damaged.Length > 0; k++)
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(FeatureFile, damaged);
            using var again = StageTrainer.Train(_model, Data(), s_stage, Run()).Model;
            AssertSameWeights(plain, again);
        }
    }

    [Fact]
    public void Other_encoders_and_other_preprocessing_have_features_of_their_own()
    {
        var config = _model.ImageProcessor.Config;
        byte[][] digests =
        [
            EncoderDigest.Of(_model.Network.Vision, _model.ImageProcessor, WeightPrecision.Float32),
            EncoderDigest.Of(_model.Network.Vision, _model.ImageProcessor, WeightPrecision.BFloat16),
            EncoderDigest.Of(_model.Network.Vision, new ImageProcessor(config with { Mean = [0.4f, 0.5f, 0.5f] }), WeightPrecision.Float32),
            EncoderDigest.Of(_model.Network.Vision, new ImageProcessor(config with { Resample = Resampling.Bilinear }), WeightPrecision.Float32),
            EncoderDigest.Of(_model.Network.Vision, new ImageProcessor(config, new ImageDecoderOptions { ApplyOrientation = false }), WeightPrecision.Float32),
            .. Enumerable.Range(1, 2).Select(seed =>
            {
                using var other = TinyModel.Create((ulong)seed);
                return EncoderDigest.Of(other.Network.Vision, other.ImageProcessor, WeightPrecision.Float32);
            }),
        ];
        Assert.Equal(digests.Length, digests.Select(Convert.ToHexString).Distinct().Count());
        using var same = TinyModel.Create();
        Assert.Equal(digests[0], EncoderDigest.Of(same.Network.Vision, same.ImageProcessor, WeightPrecision.Float32));
    }

    [Fact]
    public void The_oldest_file_of_another_encoder_makes_place()
    {
        using var other = TinyModel.Create(9);
        using (StageTrainer.Train(other, Data(), s_stage, Run()).Model)
        using (StageTrainer.Train(_model, Data(), s_stage, Run(new FeatureCacheOptions { Folder = Folder, MaxBytes = 64 + 30 * 320 })).Model)
        {
            Assert.Equal(64 + 24 * 320, new FileInfo(FeatureFile).Length); // one file
            Assert.Empty(_notes);
        }
    }

    [Fact]
    public void Features_in_bfloat16_are_rounded_whether_they_are_kept_or_not()
    {
        var options = new FeatureCacheOptions { Folder = Folder, Precision = WeightPrecision.BFloat16 };
        using var first = StageTrainer.Train(_model, Data(), s_stage, Run(options)).Model;
        Assert.Equal(64 + 24 * (64 + 4 * 16 * 2), new FileInfo(FeatureFile).Length);
        using var bounded = StageTrainer.Train(_model, Data(), s_stage, Run(options with { Folder = Path.Combine(_folder, "small"), MaxBytes = 1000 })).Model;
        AssertSameWeights(first, bounded);
        using var plain = StageTrainer.Train(_model, Data(), s_stage, Run() with { FeatureCache = null }).Model;
        using var scope = NewDisposeScope();
        Assert.False(TensorAssert.BitEqual(plain.Network.Projector.linear_1.weight, first.Network.Projector.linear_1.weight));
        TensorAssert.Near(plain.Network.Projector.linear_1.weight, first.Network.Projector.linear_1.weight, 0.02);
    }

    [Fact]
    public void Stages_share_a_cache_within_their_folder_until_the_encoder_is_trained()
    {
        string output = Path.Combine(_folder, "out"), features = Path.Combine(output, "checkpoint", "features");
        var states = new List<bool>();
        var vlm = new MLContext(1).VisionLanguage();
        StagedTraining Plan(string folder, FeatureCacheOptions? cache) => new()
        {
            Start = _ => TinyModel.Create(),
            Stages = [.. TrainingStage.Paper.Take(3).Select(stage => (stage with { BatchSize = 6 }, Data()))],
            OutputFolder = folder,
            Run = new TrainingRun { FeatureCache = cache },
            StageFinished = (_, _, _) => states.Add(Directory.Exists(features)),
        };
        using var cached = vlm.Train(Plan(output, new FeatureCacheOptions()));
        Assert.Equal([true, false, false], states);
        Assert.False(Directory.Exists(Path.Combine(output, "checkpoint")));
        using var plain = vlm.Train(Plan(Path.Combine(_folder, "plain"), null));
        AssertSameWeights(plain, cached);
    }

    [Fact]
    public void A_stage_that_trains_the_encoder_has_no_cache()
    {
        using var trained = StageTrainer.Train(_model, Data(), TrainingStage.FullFineTuning with { BatchSize = 8 }, Run()).Model;
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public void Two_runs_cannot_use_one_folder_at_a_time()
    {
        using var held = FeatureCache.Open(new FeatureCacheOptions { Folder = Folder }, _model, null);
        Assert.Contains("is being written by another process", Assert.Throws<IOException>(() => StageTrainer.Train(_model, Data(), s_stage, Run())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 1, WeightPrecision.Float32, "Folder is not given")]
    [InlineData("x", 0, WeightPrecision.Float32, "MaxBytes is 0")]
    [InlineData("x", 1, WeightPrecision.Int8, "Precision is Int8")]
    public void Impossible_settings_are_named(string? folder, long bytes, WeightPrecision precision, string expected)
    {
        var options = new FeatureCacheOptions { Folder = folder, MaxBytes = bytes, Precision = precision };
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => StageTrainer.Train(_model, Data(), s_stage, Run(options))).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static byte[] Png(byte red) => PngWriter.ToBytes(TinyModel.Picture(red, 1, 2));
}
