using Microsoft.ML;
using VlmMlNet.Components.HybridMaskDecoder;
using VlmMlNet.Components.ImageEncoder;
using VlmMlNet.Components.Stages;
using VlmMlNet.Imaging;
using VlmMlNet.Tests.Models;
using VlmMlNet.Training;
using VlmMlNet.Training.Examples;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Components;

/// <summary>Training on columns that frozen parts have computed.</summary>
public sealed class FrozenFeaturesTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly VisionLanguageModel _model = TinyModel.Create();
    private readonly TinyPictures _pictures = new();

    private TrainingStageCatalog Stages => _context.VisionLanguage().Stages;

    private static bool Same(nn.Module a, nn.Module b) => a.parameters().Zip(b.parameters()).All(p => TensorAssert.BitEqual(p.First, p.Second));

    private IDataView Encoded(IDataView data) => _context.Transforms.ImageEncoder(new ImageEncoderOptions { Model = _model, BatchSize = 4, AllowMissing = true }).Fit(data).Transform(data);

    private IDataView Projected(IDataView data) => _context.Transforms.ModalityProjector(_model, "VisualTokens", "Patches").Fit(Encoded(data)).Transform(Encoded(data));

    [Fact]
    public void A_cached_column_of_patches_trains_as_the_pictures_do_and_they_are_encoded_once()
    {
        using var scope = NewDisposeScope();
        var data = _context.Data.Cache(Encoded(_pictures.Rows(_context, 12)), "Patches", "Conversation");
        _ = data.Vectors("Patches");
        var fromPictures = _pictures.Rows(_context, 12);
        foreach (string file in Directory.GetFiles(_pictures.Folder)) // what follows does without them
            File.Move(file, file + ".away");
        static TrainingStage Small(TrainingStage stage) => stage with { BatchSize = 4, Epochs = 2 };
        using var cached = Stages.HybridAlignment(Small, new TrainingStageOptions { PatchesColumnName = "Patches" }).Fit(data, _model);
        foreach (string file in Directory.GetFiles(_pictures.Folder))
            File.Move(file, file[..^".away".Length]);
        using var direct = Stages.HybridAlignment(Small).Fit(fromPictures, _model);

        Assert.Equal(6, cached.History.Points.Count);
        foreach (var (a, b) in direct.History.Points.Zip(cached.History.Points))
            Assert.Equal(a.Loss, b.Loss);
        Assert.True(Same(direct.Model.Network.Projector, cached.Model.Network.Projector), "the weights differ");
        Assert.False(Same(_model.Network.Projector, cached.Model.Network.Projector));
        var scores = cached.Transform(data);
        Assert.DoesNotContain(scores.Schema, c => c.Name == "LogLikelihood.Patches");
        foreach (var (a, b) in direct.Transform(fromPictures).Read<float>("LogLikelihood").Zip(scores.Read<float>("LogLikelihood")))
            Assert.Equal(a, b, 1e-3);
    }

    [Fact]
    public void A_decoder_with_a_stage_trains_the_language_model_on_visual_tokens()
    {
        using var scope = NewDisposeScope();
        var data = Projected(_pictures.Rows(_context, 24));
        var steps = new List<long>();
        var untrained = _context.Transforms.HybridMaskDecoder(_model, "Score", "VisualTokens", "Answer", "Prompt").Fit(data);
        using var decoder = _context.Transforms.HybridMaskDecoder(new HybridMaskDecoderOptions
        {
            Model = _model,
            OutputColumnName = "Score",
            TextColumnName = "Answer",
            PromptColumnName = "Prompt",
            Stage = new TrainingStage { Name = "language", LanguageLearningRate = 1e-2, BatchSize = 6, Epochs = 10 },
            Run = new TrainingRun { Progress = p => steps.Add(p.Step) },
        }).Fit(data);
        Assert.Null(untrained.Trained);
        Assert.Equal(Enumerable.Range(1, 40).Select(i => (long)i), steps);
        var trained = decoder.Trained!.Model;
        Assert.Same(_model.Network.Vision, trained.Network.Vision);
        Assert.Same(_model.Network.Projector, trained.Network.Projector);
        Assert.False(Same(_model.Network.Language, trained.Network.Language));
        float before = untrained.Transform(data).Read<float>("Score").Sum(), after = decoder.Transform(data).Read<float>("Score").Sum();
        Assert.True(after > 0.5 * before, $"{before} -> {after}"); // log-likelihoods are negative
        decoder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => trained.Network);
    }

    [Fact]
    public void What_columns_cannot_train_is_an_error()
    {
        var encoded = Encoded(_pictures.Rows(_context, 2));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Stages.FullFineTuning(options: new TrainingStageOptions { PatchesColumnName = "Patches" }).Fit(encoded, _model));
        Assert.StartsWith("The stage trains the image encoder, which needs the pictures", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentOutOfRangeException>(() => _context.Transforms.HybridMaskDecoder(new HybridMaskDecoderOptions { Model = _model, Stage = TrainingStage.HybridAlignment }));
        Assert.StartsWith("Gradients do not cross columns: here only the language model can be trained.", error.Message, StringComparison.Ordinal);
        using var wider = VisionLanguageModel.CreateRandom(TinyModel.Vision with { HiddenSize = 24 }, TinyModel.Language with { VocabSize = TinyModel.Tokenizer.VocabularySize }, TinyModel.Tokenizer);
        error = Assert.Throws<ArgumentOutOfRangeException>(() => Stages.HybridAlignment(options: new TrainingStageOptions { PatchesColumnName = "Patches" }).Fit(encoded, wider));
        Assert.Equal("Schema mismatch for input column 'Patches': expected Vector<Single, 4, 24>, got Vector<Single, 4, 16> (Parameter 'inputSchema')", error.Message);
    }

    [Fact]
    public void Features_that_do_not_fit_the_model_or_the_stage_are_errors_of_the_trainer_too()
    {
        TrainingExample Example(ImageSource image) => TrainingExample.Caption("row 0", image, "Describe the image.", "red");
        string Message(TrainingStage stage, params ImageSource[] images) =>
            Assert.Throws<ArgumentException>(() => StageTrainer.Train(_model, TrainingSet.FromList(images.Select(Example).ToList()), stage, new TrainingRun { Shuffle = false })).Message;

        Assert.Equal("column 'Patches', row 0: the features have 3 values, the model needs 4 x 16.", Message(TrainingStage.HybridAlignment, ImageSource.FromPatches(new float[3], "column 'Patches', row 0")));
        Assert.Equal("b: pictures and features of pictures are mixed. Give one of the two in all rows.",
            Message(TrainingStage.HybridAlignment, ImageSource.FromImage(TinyModel.Picture(1, 2, 3), "a"), ImageSource.FromPatches(new float[64], "b")));
        Assert.Contains("the projector cannot be trained, because what it makes of the pictures is given.", Message(TrainingStage.HybridAlignment, ImageSource.FromVisualTokens(new float[64], "a")), StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => ImageSource.FromPatches(new float[64], "a").Decode());
    }

    [Fact]
    public void Rows_without_a_picture_are_text_alone()
    {
        var data = Encoded(_context.Data.LoadFromEnumerable(new[] { _pictures[0], new TinyPictures.Row { Conversation = ["what colour is it", "red"] } }));
        using var trained = Stages.HybridAlignment(s => s with { BatchSize = 1 }, new TrainingStageOptions { PatchesColumnName = "Patches" }).Fit(data, _model);
        Assert.Equal(2, trained.History.Examples);
    }

    public void Dispose()
    {
        _model.Dispose();
        _pictures.Dispose();
    }
}
