using System.Collections.Concurrent;
using Microsoft.ML;
using VlmMlNet.Components.Stages;
using VlmMlNet.Models;
using VlmMlNet.Tests.Models;
using VlmMlNet.Training;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Components;

public sealed class TrainingStageTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly VisionLanguageModel _model = TinyModel.Create();
    private readonly TinyPictures _pictures = new();

    private TrainingStageCatalog Stages => _context.VisionLanguage().Stages;

    private static (string Name, nn.Module Module)[] Parts(VisionLanguageModel model) =>
        [("vision", model.Network.Vision), ("projector", model.Network.Projector), ("language", model.Network.Language)];

    private static Dictionary<string, Tensor[]> Snapshot(VisionLanguageModel model) =>
        Parts(model).ToDictionary(p => p.Name, p => p.Module.parameters().Select(w => w.detach().clone()).ToArray());

    private static string[] Changed(Dictionary<string, Tensor[]> before, VisionLanguageModel after) =>
        Parts(after).Where(p => !before[p.Name].Zip(p.Module.parameters()).All(w => TensorAssert.BitEqual(w.First, w.Second))).Select(p => p.Name).ToArray();

    private sealed class CaptionRow
    {
        public byte[] Image { get; set; } = [];
        public string[] Captions { get; set; } = [];
    }

    private IDataView Captioned(int count) => _context.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => new CaptionRow { Image = _pictures[i].Bytes, Captions = _pictures[i].Captions }).ToList());

    [Fact]
    public void Four_fits_continue_each_other_and_leave_what_is_frozen_and_the_model_before_untouched()
    {
        using var scope = NewDisposeScope();
        var recaptions = Captioned(6);
        var conversations = _pictures.Rows(_context, 6);
        var untrained = Snapshot(_model);

        static TrainingStage Small(TrainingStage stage) => stage with { BatchSize = 3 };
        using var aligned = Stages.BidirectionalAlignment(Small).Fit(recaptions, _model);
        Assert.Equal(["projector"], Changed(untrained, aligned));
        Assert.Same(_model.Network.Vision, aligned.Model.Network.Vision);
        var after0 = Snapshot(aligned);
        using var hybrid = Stages.HybridAlignment(Small).Fit(recaptions, aligned);
        Assert.Equal(["projector"], Changed(after0, hybrid));
        var after1 = Snapshot(hybrid);
        using var tuned = Stages.FullFineTuning(Small).Fit(recaptions, hybrid);
        Assert.Equal(["vision", "projector", "language"], Changed(after1, tuned));
        var after2 = Snapshot(tuned);
        using var tutored = Stages.InstructionTuning(Small).Fit(conversations, tuned);
        Assert.Equal(["vision", "projector", "language"], Changed(after2, tutored));

        Assert.Empty(Changed(untrained, _model));
        Assert.Empty(Changed(after0, aligned));
        Assert.Empty(Changed(after1, hybrid));
        Assert.Empty(Changed(after2, tuned));
        Assert.Equal(TrainingStage.Paper.Select(Small), new[] { aligned, hybrid, tuned, tutored }.Select(s => s.Stage));
        Assert.Equal(12, aligned.History.Examples); // two captions a picture
        Assert.Equal(6, tutored.History.Examples); // one conversation
    }

    [Fact]
    public void A_stage_is_validated_its_best_weights_kept_and_what_goes_wrong_is_a_warning_of_the_log()
    {
        var log = new ConcurrentQueue<LoggingEventArgs>();
        _context.Log += (_, e) => log.Enqueue(e);
        var told = new List<TrainingDiagnostic>();
        var stage = TrainingStage.FullFineTuning with { BatchSize = 3, Epochs = 3 };
        IDataView Same(int count) => _context.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => new CaptionRow { Image = _pictures[i].Bytes, Captions = ["a picture"] }).ToList());
        string metrics = Path.Combine(_pictures.Folder, "metrics.jsonl");
        using var trained = Stages.Custom(stage, new TrainingStageOptions
        {
            ValidationData = Same(4),
            Validation = new ValidationOptions { EverySteps = 5, KeepBest = true },
            ScoresValidation = true,
            ValidationScoreLimit = 2,
            Diagnosed = told.Add,
            MetricsFile = metrics,
        }).Fit(Same(12), _model);
        Assert.Equal([5, 10, 12], trained.History.Validations.Select(v => v.Step));
        Assert.All(trained.History.Validations, v => Assert.NotNull(v.Score));
        Assert.NotNull(trained.History.BestStep);
        // All captions are the same one: their loss is the same whichever picture each is given.
        var found = Assert.Single(told, d => d.Kind == TrainingDiagnosticKind.PicturesIgnored);
        Assert.Contains(log, e => e.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning && e.Message.Contains(found.Text, StringComparison.Ordinal));
        Assert.Contains(log, e => e.Message.Contains("validation after step 10: loss ", StringComparison.Ordinal));
        Assert.Contains(found.Text, File.ReadAllText(metrics), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stage_teaches_and_its_transformer_scores_the_answers()
    {
        var data = _pictures.Rows(_context, 48);
        var learn = Stages.Custom(new TrainingStage
        {
            Name = "learn colours",
            VisionLearningRate = 2e-2,
            ProjectorLearningRate = 2e-2,
            LanguageLearningRate = 2e-2,
            BatchSize = 12,
            Epochs = 40,
        });
        using var untrained = Stages.HybridAlignment(stage => stage with { ProjectorLearningRate = 2e-2, MaxSteps = 1 }).Fit(data, _model);
        using var trained = learn.Fit(data, _model);

        var before = untrained.Transform(data);
        var after = trained.Transform(data);
        int tokens = before.Read<int>("LogLikelihood.TokenCount").Sum();
        Assert.Equal(tokens, after.Read<int>("LogLikelihood.TokenCount").Sum());
        double lossBefore = -before.Read<float>("LogLikelihood").Sum() / tokens, lossAfter = -after.Read<float>("LogLikelihood").Sum() / tokens;
        Assert.Equal(trained.History.Points[0].Loss, lossBefore, 0.5);
        Assert.True(lossAfter < 0.2 * lossBefore);

        var pipeline = _context.Transforms.ImageEncoder(trained, "Patches", "Image")
            .Append(_context.Transforms.ModalityProjector(trained, "VisualTokens", "Patches"))
            .Append(_context.Transforms.CaptionGenerator(trained, "Answered", "VisualTokens", "Prompt"));
        var rows = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 9).Select(i => { var row = _pictures[i]; row.Prompt = "What colour is it?"; return row; }).ToList());
        var answered = pipeline.Fit(rows).Transform(rows);
        Assert.Equal(answered.Texts("Answer"), answered.Texts("Answered"));
    }

    [Fact]
    public void The_seed_of_the_context_decides_the_result()
    {
        using var scope = NewDisposeScope();
        var data = _pictures.Rows(_context, 12);
        TrainingStageTransformer Train(int? seed) => new MLContext(seed).VisionLanguage().Stages.FullFineTuning(s => s with { BatchSize = 4 }).Fit(data, _model);

        using var first = Train(3);
        using var second = Train(3);
        using var third = Train(4);
        Assert.Empty(Changed(Snapshot(first), second));
        Assert.NotEmpty(Changed(Snapshot(first), third));
    }

    [Fact]
    public void The_log_and_the_callback_tell_the_progress()
    {
        var log = new ConcurrentQueue<string>();
        _context.Log += (_, e) => log.Enqueue(e.Message);
        var steps = new List<long>();
        using var trained = Stages.HybridAlignment(s => s with { BatchSize = 2 }, new TrainingStageOptions { Progress = p => steps.Add(p.Step) }).Fit(_pictures.Rows(_context, 8), _model);
        Assert.Equal([1L, 2, 3, 4], steps);
        string[] messages = log.Where(m => m.Contains("TrainingStageEstimator", StringComparison.Ordinal) && m.Contains("Kind=Info", StringComparison.Ordinal)).ToArray();
        Assert.Contains(messages, m => m.Contains("stage 1: hybrid alignment: 8 examples, 1 epoch, Hybrid mask, training projector at 0.001", StringComparison.Ordinal));
        Assert.Contains(messages, m => m.Contains("step 4/4, loss ", StringComparison.Ordinal));
        Assert.Contains(messages, m => m.Contains("finished after 4 steps", StringComparison.Ordinal));
    }

    [Fact]
    public void CancelExecution_and_a_token_end_a_running_stage()
    {
        var data = _pictures.Rows(_context, 12);
        var context = new MLContext(seed: 1);
        int steps = 0;
        var options = new TrainingStageOptions { Progress = p => { if (++steps == 2) context.CancelExecution(); } };
        Assert.Throws<OperationCanceledException>(() => context.VisionLanguage().Stages.HybridAlignment(s => s with { BatchSize = 1 }, options).Fit(data, _model));
        Assert.Equal(2, steps);

        using var source = new CancellationTokenSource();
        options = new TrainingStageOptions { Progress = _ => source.Cancel(), CancellationToken = source.Token };
        Assert.ThrowsAny<OperationCanceledException>(() => Stages.HybridAlignment(s => s with { BatchSize = 1 }, options).Fit(data, _model));
    }

    [Fact]
    public void A_cancelled_stage_with_a_checkpoint_folder_is_continued_to_the_same_result()
    {
        using var scope = NewDisposeScope();
        var data = _pictures.Rows(_context, 12);
        using var source = new CancellationTokenSource();
        TrainingStageEstimator Stage(TrainingStageOptions options) => Stages.FullFineTuning(s => s with { BatchSize = 2 }, options);
        string folder = Path.Combine(_pictures.Folder, "checkpoint");
        Assert.ThrowsAny<OperationCanceledException>(() => Stage(new TrainingStageOptions
        {
            CheckpointFolder = folder,
            CancellationToken = source.Token,
            Progress = p => { if (p.Step == 3) source.Cancel(); },
        }).Fit(data, _model));
        var steps = new List<long>();
        using var continued = Stage(new TrainingStageOptions { CheckpointFolder = folder, Progress = p => steps.Add(p.Step) }).Fit(data, _model);
        using var whole = Stage(new TrainingStageOptions()).Fit(data, _model);
        Assert.Equal([4L, 5, 6], steps);
        Assert.Empty(Changed(Snapshot(whole), continued));
    }

    [Fact]
    public void Missing_or_unfit_columns_are_errors_in_MLNETs_words()
    {
        string Message(object row) => Message2(row.GetType(), row);
        string Message2(Type type, object row) => (string)typeof(TrainingStageTests).GetMethod(nameof(SchemaError), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!
            .MakeGenericMethod(type).Invoke(this, [row])!;

        Assert.Equal("Could not find image column 'Image' (Parameter 'inputSchema')", Message(new { Conversation = new[] { "a", "b" } }));
        Assert.Equal("Could not find conversation column 'Conversation' (Parameter 'inputSchema')", Message(new { Image = "x.png" }));
        Assert.Equal("Schema mismatch for image column 'Image': expected String, Vector<Byte> or Image, got Single (Parameter 'inputSchema')", Message(new { Image = 1f, Conversation = new[] { "a", "b" } }));
        Assert.Equal("Schema mismatch for conversation column 'Conversation': expected Vector<String>, got String (Parameter 'inputSchema')", Message(new { Image = "x.png", Conversation = "a" }));
        Assert.Equal("Schema mismatch for captions column 'Captions': expected String or Vector<String>, got Int32 (Parameter 'inputSchema')", Message(new { Image = "x.png", Captions = 1 }));
    }

    private string SchemaError<T>(T row) where T : class
    {
        var data = _context.Data.LoadFromEnumerable(new[] { row });
        return Assert.Throws<ArgumentOutOfRangeException>(() => Stages.HybridAlignment().Fit(data, _model)).Message;
    }

    [Fact]
    public void A_stage_that_contradicts_itself_is_an_error_before_any_data_is_read()
    {
        var error = Assert.Throws<ArgumentException>(() => Stages.HybridAlignment(s => s with { Mask = AttentionMaskKind.Bidirectional }));
        Assert.Contains("every token would see the one that it has to predict", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => Stages.Custom(null!));
        var noModel = Assert.Throws<InvalidOperationException>(() => Stages.HybridAlignment().Fit(_pictures.Rows(_context, 1)));
        Assert.Equal("stage 1: hybrid alignment: there is no model to start from. Call Fit(data, previous), or set TrainingStageOptions.Model.", noModel.Message);
    }

    [Fact]
    public void A_stage_with_a_model_is_a_step_of_an_ordinary_pipeline()
    {
        var data = _pictures.Rows(_context, 4);
        var pipeline = _context.Transforms.CopyColumns("Picture", "Image")
            .Append(Stages.HybridAlignment(options: new TrainingStageOptions { Model = _model, ImageColumnName = "Picture", OutputColumnName = "Score" }));
        var shape = pipeline.GetOutputSchema(SchemaShapeOf(data));
        Assert.Contains(shape, c => c.Name == "Score");
        using var fitted = pipeline.Fit(data);
        Assert.All(fitted.Transform(data).Read<float>("Score"), score => Assert.True(score < 0));
    }

    private static SchemaShape SchemaShapeOf(IDataView data) =>
        (SchemaShape)typeof(SchemaShape).GetMethod("Create", System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!.Invoke(null, [data.Schema])!;

    [Fact]
    public void Bad_rows_are_errors_that_name_row_and_file()
    {
        string Message(params TinyPictures.Row[] rows) => Assert.Throws<MalformedInputException>(() =>
            Stages.HybridAlignment(options: new TrainingStageOptions { Shuffle = false }).Fit(_context.Data.LoadFromEnumerable(rows), _model)).Message;

        string corrupt = Path.Combine(_pictures.Folder, "corrupt.png");
        File.WriteAllBytes(corrupt, File.ReadAllBytes(_pictures.File(0))[..40]);
        Assert.StartsWith($"{corrupt}, row 1: ", Message(_pictures[0], new TinyPictures.Row { Image = corrupt, Conversation = ["a", "b"] }), StringComparison.Ordinal);
        Assert.Equal("column 'Conversation', row 1: the text has 1 <image> placeholder, the row no picture. Each placeholder stands for one picture.",
            Message(_pictures[0], new TinyPictures.Row { Conversation = ["<image> a", "b"] }));
        var captions = _context.Data.LoadFromEnumerable(new[] { new CaptionRow { Captions = ["a"] } });
        Assert.Equal("column 'Image', row 0: the row has captions but no picture. Filter such rows out.",
            Assert.Throws<MalformedInputException>(() => Stages.HybridAlignment().Fit(captions, _model)).Message);

        using var skipping = Stages.HybridAlignment(options: new TrainingStageOptions { SkipUnreadableImages = true })
            .Fit(_context.Data.LoadFromEnumerable(new[] { _pictures[0], new TinyPictures.Row { Image = corrupt, Conversation = ["a", "b"] } }), _model);
        Assert.Equal((1L, 1L), (skipping.History.Examples, skipping.History.Skipped));
    }

    [Fact]
    public void Rows_of_text_alone_are_learned_and_scored_too()
    {
        var data = _context.Data.LoadFromEnumerable(new[] { _pictures[0], new TinyPictures.Row { Conversation = ["what colour is it", "red"] }, _pictures[1], new TinyPictures.Row() });
        using var trained = Stages.InstructionTuning().Fit(data, _model);
        Assert.Equal(3, trained.History.Examples);
        float[] scores = trained.Transform(data).Read<float>("LogLikelihood");
        Assert.True(scores[0] < 0 && scores[1] < 0 && scores[2] < 0 && scores[3] == 0);
    }

    [Fact]
    public void A_GPU_that_is_not_there_is_an_error_unless_the_CPU_may_take_its_place()
    {
        Assert.SkipWhen(cuda.is_available(), "There is a GPU.");
        var context = new MLContext(seed: 1) { GpuDeviceId = 0, FallbackToCpu = false };
        var data = _pictures.Rows(_context, 2);
        var error = Assert.Throws<InvalidOperationException>(() => context.VisionLanguage().Stages.HybridAlignment().Fit(data, _model));
        Assert.StartsWith("GpuDeviceId is 0, but no CUDA device is available.", error.Message, StringComparison.Ordinal);
        context.FallbackToCpu = true;
        var log = new ConcurrentQueue<string>();
        context.Log += (_, e) => log.Enqueue(e.Message);
        using var trained = context.VisionLanguage().Stages.HybridAlignment().Fit(data, _model);
        Assert.Contains(log, m => m.Contains("Kind=Warning", StringComparison.Ordinal) && m.Contains("the CPU is used, because FallbackToCpu is true", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _model.Dispose();
        _pictures.Dispose();
    }
}
