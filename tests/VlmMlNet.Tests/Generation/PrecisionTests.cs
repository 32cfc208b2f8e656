using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Components.CaptionGenerator;
using VlmMlNet.Components.ImageEncoder;
using VlmMlNet.Components.ModalityProjector;
using VlmMlNet.Generation;
using VlmMlNet.Imaging;
using VlmMlNet.ModelFolders;
using VlmMlNet.Tests.Files;
using VlmMlNet.Training;

namespace VlmMlNet.Tests.Generation;

public sealed class PrecisionTests
{
    private static readonly RgbImage[] s_pictures = [TinyModel.Picture(200, 10, 10), TinyModel.Picture(10, 200, 10), TinyModel.Picture(10, 10, 200)];
    private static readonly GenerationOptions s_short = new() { MaxTokens = 8 };

    public static TheoryData<WeightPrecision> Precisions => new(Enum.GetValues<WeightPrecision>());

    [Theory]
    [MemberData(nameof(Precisions))]
    public void A_model_saved_in_a_precision_answers_as_before_and_says_what_it_is(WeightPrecision precision)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "model");
        using var original = TinyModel.Create(1);
        using var model = original.WithPrecision(precision);
        Assert.Equal(precision, model.Precision);
        ModelFolder.Save(model, path);
        var expected = AnswerGenerator.Answer(model, s_pictures, options: s_short);

        using (var loaded = ModelFolder.Load(path))
        {
            Assert.Equal(precision, loaded.Precision);
            Assert.Equal(expected, AnswerGenerator.Answer(loaded, s_pictures, options: s_short));
            ModelFolder.Save(loaded, path); // over the file that it is mapped from
            Assert.Equal(expected, AnswerGenerator.Answer(loaded, s_pictures, options: s_short));
        }
        var summary = FolderSummary.Read(path);
        Assert.Equal(precision == WeightPrecision.Float32 ? null : precision, summary.Precision);
        Assert.Equal(model.CountParameters().Total, summary.ParameterCount); // 8-bit encoders do without the pooling head
    }

    [Theory]
    [MemberData(nameof(Precisions))]
    public void A_precision_asked_for_when_loading_is_the_one_made_of_the_loaded_model(WeightPrecision precision)
    {
        using var folder = new TemporaryFolder();
        using var model = TinyModel.Create(2);
        ModelFolder.Save(model, folder.Path);
        using var packed = model.WithPrecision(precision);
        using var loaded = ModelFolder.Load(folder.Path, precision: precision);
        Assert.Equal(AnswerGenerator.Answer(packed, s_pictures, options: s_short), AnswerGenerator.Answer(loaded, s_pictures, options: s_short));
    }

    [Fact]
    public void Either_of_two_models_that_share_parts_may_be_disposed_first()
    {
        var model = TinyModel.Create(1);
        var small = model.WithPrecision(WeightPrecision.Int8);
        var expected = AnswerGenerator.Answer(small, s_pictures, options: s_short);
        model.Dispose();
        Assert.Equal(expected, AnswerGenerator.Answer(small, s_pictures, options: s_short));
        small.Dispose();
        Assert.Throws<ObjectDisposedException>(() => AnswerGenerator.Answer(small, s_pictures, options: s_short));
    }

    [Fact]
    public void A_model_of_reduced_precision_says_that_it_only_generates()
    {
        using var folder = new TemporaryFolder();
        using var model = TinyModel.Create(1);
        using var small = model.WithPrecision(WeightPrecision.Int8);
        ModelFolder.Save(small, folder.Path);
        Assert.Contains("for generating only", Assert.Throws<InvalidOperationException>(() => small.WithPrecision(WeightPrecision.Int4)).Message, StringComparison.Ordinal);
        Assert.Contains("for generating only", Assert.Throws<InvalidOperationException>(() =>
            StageTrainer.Train(small, TinyModel.Colours(3), TrainingStage.HybridAlignment)).Message, StringComparison.Ordinal);
        string message = Assert.Throws<InvalidOperationException>(() => ModelFolder.Load(folder.Path, precision: WeightPrecision.Int4)).Message;
        Assert.Contains($"{folder.Path} holds its language model in int8: it cannot be had in int4", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WeightPrecision.BFloat16, "bfloat16")]
    [InlineData(WeightPrecision.Int8, "int8")]
    [InlineData(WeightPrecision.Int4, "int4")]
    public void A_model_of_reduced_precision_has_no_modules_and_says_what_to_load(WeightPrecision precision, string name)
    {
        using var model = TinyModel.Create(1);
        using var small = model.WithPrecision(precision);
        string message = Assert.Throws<InvalidOperationException>(() => small.Network).Message;
        Assert.StartsWith($"The language model is held in {name}, for generating only. Load the original model to train it", message, StringComparison.Ordinal);
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => small.Conversation.Decoder).Message);
        bool isEncoderReduced = precision != WeightPrecision.BFloat16;
        if (isEncoderReduced)
        {
            Assert.StartsWith("The image encoder is held in int8, for encoding only. Load the original model", Assert.Throws<InvalidOperationException>(() => small.VisionPart.Module).Message, StringComparison.Ordinal);
            Assert.StartsWith("The projector is held in int8, for projecting only. Load the original model", Assert.Throws<InvalidOperationException>(() => small.ProjectorPart.Module).Message, StringComparison.Ordinal);
        }
        var (all, fewer) = (model.CountParameters(), small.CountParameters());
        Assert.Equal(isEncoderReduced ? all with { VisionHead = 0 } : all, fewer); // 8-bit encoders do without the pooling head
        Assert.Equal((model.ImageTokenCount, model.Device.type), (small.ImageTokenCount, small.Device.type));
    }

    [Fact]
    public void A_configuration_with_an_unknown_precision_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var model = TinyModel.Create(1);
        using var small = model.WithPrecision(WeightPrecision.Int8);
        ModelFolder.Save(small, folder.Path);
        string config = Path.Combine(folder.Path, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"int8\"", "\"int3\"", StringComparison.Ordinal));
        string message = Assert.Throws<MalformedInputException>(() => ModelFolder.Load(folder.Path)).Message;
        Assert.Contains("language_precision is \"int3\"; it must be one of float32, bfloat16, int8, int4", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WeightPrecision.BFloat16)]
    [InlineData(WeightPrecision.Int8)]
    [InlineData(WeightPrecision.Int4)]
    public void A_pipeline_remembers_its_precision(WeightPrecision precision)
    {
        using var folder = new TemporaryFolder();
        var mlContext = new MLContext(1);
        using var model = TinyModel.Create(1);
        var rows = mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 3).Select(i => new Row { Pixels = Enumerable.Range(0, 64).Select(k => MathF.Sin(i + k)).ToArray() }));
        var estimator = mlContext.Transforms.CaptionGenerator(new CaptionGeneratorOptions
        {
            Model = model,
            VisualTokensColumnName = nameof(Row.Pixels),
            MaxTokens = 6,
            MaxThreads = 1,
            Precision = precision,
        });
        string file = Path.Combine(folder.Path, "pipeline.zip");
        using var transformer = estimator.Fit(rows);
        string[] Captions(ITransformer t) => [.. t.Transform(rows).GetColumn<string>("Caption")];
        string[] expected = Captions(transformer);
        mlContext.Model.Save(transformer, rows.Schema, file);

        var loaded = mlContext.Model.Load(file, out _);
        Assert.Equal(expected, Captions(loaded));
        ((IDisposable)loaded).Dispose();

        // int8 and smaller: fewer bytes than one per weight and scale of the float32 original
        using var whole = mlContext.Transforms.CaptionGenerator(model, "Caption", nameof(Row.Pixels)).Fit(rows);
        string wholeFile = Path.Combine(folder.Path, "whole.zip");
        mlContext.Model.Save(whole, rows.Schema, wholeFile);
        Assert.NotEqual(new FileInfo(wholeFile).Length, new FileInfo(file).Length);
    }

    [Fact]
    public void Encoder_and_projector_in_int8_are_saved_with_their_pipeline()
    {
        using var folder = new TemporaryFolder();
        var mlContext = new MLContext(1);
        using var model = TinyModel.Create(1);
        var rows = mlContext.Data.LoadFromEnumerable(s_pictures.Select(p => new Picture { Id = p.Width, Image = MLImage.CreateFromPixels(p.Width, p.Height, MLPixelFormat.Rgba32, Rgba(p)) }));
        var floats = new ImageEncoderOptions { Model = model };
        var bytes = new ImageEncoderOptions { Model = model, Precision = WeightPrecision.Int8 };
        var estimator = mlContext.Transforms.ImageEncoder(bytes)
            .Append(mlContext.Transforms.ModalityProjector(new ModalityProjectorOptions { Model = model, Precision = WeightPrecision.Int8 }));
        string file = Path.Combine(folder.Path, "encoder.zip");

        float[][] exact = Patches(mlContext.Transforms.ImageEncoder(floats).Fit(rows), "Patches");
        var transformer = estimator.Fit(rows);
        float[][] near = Patches(transformer, "Patches"), tokens = Patches(transformer, "VisualTokens");
        Assert.All(exact.Zip(near), pair => Assert.InRange(Distance(pair.First, pair.Second), 1e-7, 0.05));
        mlContext.Model.Save(transformer, rows.Schema, file);
        var loaded = mlContext.Model.Load(file, out _);
        Assert.Equal(near, Patches(loaded, "Patches"));
        Assert.Equal(tokens, Patches(loaded, "VisualTokens"));
        ((IDisposable)loaded).Dispose();

        using var small = model.WithPrecision(WeightPrecision.Int8);
        Assert.Equal(near, Patches(mlContext.Transforms.ImageEncoder(new ImageEncoderOptions { Model = small }).Fit(rows), "Patches"));
        string message = Assert.Throws<InvalidOperationException>(() =>
            mlContext.Transforms.ImageEncoder(new ImageEncoderOptions { Model = small, Precision = WeightPrecision.Float32 }).Fit(rows)).Message;
        Assert.Contains("held in int8: they cannot be had in float32", message, StringComparison.Ordinal);

        float[][] Patches(ITransformer t, string column) => [.. t.Transform(rows).GetColumn<float[]>(column)];
    }

    private static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (x, y) => Math.Pow(x - y, 2)).Sum() / a.Sum(x => x * x));

    private static byte[] Rgba(RgbImage picture) => [.. Enumerable.Range(0, picture.Width * picture.Height).SelectMany(i => picture.Pixels.Skip(3 * i).Take(3).Append((byte)255))];

    private sealed class Picture
    {
        public int Id { get; set; }

        [Microsoft.ML.Transforms.Image.ImageType(16, 16)]
        public MLImage? Image { get; set; }
    }

    private sealed class Row
    {
        [VectorType(4, 16)]
        public float[] Pixels { get; set; } = [];
    }
}
