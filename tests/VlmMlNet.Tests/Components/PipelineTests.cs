using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Components.CaptionGenerator;
using VlmMlNet.Components.HybridMaskDecoder;
using VlmMlNet.Components.ImageEncoder;
using VlmMlNet.Components.ModalityProjector;
using VlmMlNet.Components.Stages;
using VlmMlNet.Generation;
using VlmMlNet.Imaging;
using VlmMlNet.Models;
using VlmMlNet.Text;
using VlmMlNet.Training;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Components;

/// <summary>The projector, the decoder and the generator behind an image encoder.</summary>
public sealed class PipelineTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly VisionLanguageModel _model = TinyModel.Create();
    private readonly TinyPictures _pictures = new();

    private sealed class Answered
    {
        public string Caption { get; set; } = "";
    }

    private IEstimator<ITransformer> Visual() => _context.Transforms.ImageEncoder(_model, "Patches", "Image")
        .Append(_context.Transforms.ModalityProjector(_model, "VisualTokens", "Patches"));

    private IDataView Captioned(IDataView data, CaptionGeneratorOptions? options = null)
    {
        options ??= new CaptionGeneratorOptions { Model = _model };
        return Visual().Append(_context.Transforms.CaptionGenerator(options)).Fit(data).Transform(data);
    }

    private string[] Direct(int count, string?[] prompts, int maxTokens = 64) => AnswerGenerator.Answer(_model, Enumerable.Range(0, count).Select(TinyPictures.Picture).ToList(),
        prompts.Select(p => p ?? VisionLanguageModel.DefaultCaptionPrompt).ToList(), new GenerationOptions { MaxTokens = maxTokens }).ToArray();

    [Fact]
    public void Visual_tokens_are_those_of_the_network()
    {
        var data = _pictures.Rows(_context, 5);
        var view = Visual().Fit(data).Transform(data);
        Assert.Equal([4, 16], Assert.IsType<VectorDataViewType>(view.Schema["VisualTokens"].Type).Dimensions);
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var expected = _model.Network.VisualTokens(PixelBatch.ToTensor(_model.ImageProcessor, Enumerable.Range(0, 5).Select(TinyPictures.Picture).ToList())!);
        var actual = view.Vectors("VisualTokens");
        for (int row = 0; row < 5; row++)
            foreach (var (e, a) in expected[row].contiguous().data<float>().Zip(actual[row]))
                Assert.Equal(e, a, 1e-5);
    }

    [Fact]
    public void Captions_are_those_of_the_generator()
    {
        Assert.Equal(Direct(7, new string?[7], 12), Captioned(_pictures.Rows(_context, 7), new CaptionGeneratorOptions { Model = _model, MaxTokens = 12 }).Texts("Caption"));
    }

    [Fact]
    public void A_model_is_asked_for_captions_as_it_learned_them()
    {
        var data = _pictures.Rows(_context, 4);
        static TrainingStage One(TrainingStage stage) => stage with { BatchSize = 4, MaxSteps = 1 };
        var stages = _context.VisionLanguage().Stages;
        using var first = stages.HybridAlignment(One, new TrainingStageOptions { ConversationColumnName = null, CaptionPrompt = "what colour is it" }).Fit(data, _model);
        using var second = stages.FullFineTuning(One).Fit(data, first);
        Assert.Equal("Describe the image.", _model.CaptionPrompt);
        Assert.Equal("what colour is it", second.Model.CaptionPrompt);

        string[] Captions(string? prompt) => Visual().Append(_context.Transforms.CaptionGenerator(new CaptionGeneratorOptions { Model = second, Prompt = prompt, MaxTokens = 12 }))
            .Fit(data).Transform(data).Texts("Caption");
        Assert.Equal(Captions("what colour is it"), Captions(null));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Captions(" "));
        Assert.StartsWith("Must not be empty", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prompts_of_unequal_length_in_one_batch_give_what_each_gives_alone()
    {
        string[] prompts = ["red?", "<image>\nIs this picture red, or is it green, or blue, or is it something else?", "", "What colour is it? <image>"];
        var rows = prompts.Select((prompt, i) => { var row = _pictures[i]; row.Prompt = prompt; return row; }).ToList();
        var options = new CaptionGeneratorOptions { Model = _model, PromptColumnName = "Prompt", MaxTokens = 10, Prompt = "What is it?" };
        var together = Captioned(_context.Data.LoadFromEnumerable(rows), options).Texts("Caption");
        var alone = rows.Select(row => Captioned(_context.Data.LoadFromEnumerable(new[] { row }), options).Texts("Caption")[0]);
        Assert.Equal(alone, together);
        Assert.Equal(Direct(4, prompts.Select(p => p.Length == 0 ? "What is it?" : p).ToArray(), 10), together);
    }

    [Fact]
    public void Log_likelihoods_are_those_of_the_network_and_divided_by_the_token_count_are_the_loss()
    {
        var data = _pictures.Rows(_context, 5);
        var scored = Visual().Append(_context.Transforms.HybridMaskDecoder(_model, "Score", "VisualTokens", "Conversation")).Fit(data).Transform(data);
        float[] actual = scored.Read<float>("Score");
        int[] counts = scored.Read<int>("Score.TokenCount");
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        for (int i = 0; i < 5; i++)
        {
            string[] turns = _pictures[i].Conversation;
            var text = _model.ChatTemplate.Encode([new("user", turns[0]), new("assistant", turns[1])], addGenerationPrompt: false, _model.ImageTokenCount);
            var batch = TokenBatch.Collate([text], PaddingSide.Right, _model.Tokenizer.EndOfTextId, _model.ImageTokenCount);
            var visual = _model.Network.VisualTokens(PixelBatch.ToTensor(_model.ImageProcessor, [TinyPictures.Picture(i)])!);
            var (sum, count) = _model.Network.NegativeLogLikelihood(batch, visual, AttentionMaskKind.Hybrid);
            Assert.Equal(-sum.item<float>(), actual[i], 1e-3);
            Assert.Equal(count, counts[i]);
            Assert.True(actual[i] < 0);
        }
    }

    [Fact]
    public void Answers_to_a_prompt_are_scored_like_the_conversation_that_they_make()
    {
        var data = _pictures.Rows(_context, 6);
        var rows = Enumerable.Range(0, 6).Select(i => { var row = _pictures[i]; row.Conversation = [$"<image>\n{row.Prompt}", row.Answer]; return row; }).ToList();
        var asAnswers = Visual().Append(_context.Transforms.HybridMaskDecoder(_model, "Score", "VisualTokens", "Answer", "Prompt")).Fit(data).Transform(data);
        var asTurns = Visual().Append(_context.Transforms.HybridMaskDecoder(_model, "Score", "VisualTokens", "Conversation")).Fit(data).Transform(_context.Data.LoadFromEnumerable(rows));
        Assert.Equal(asTurns.Read<float>("Score"), asAnswers.Read<float>("Score"));
    }

    [Fact]
    public void Several_answers_of_a_row_add_up()
    {
        var data = _pictures.Rows(_context, 5);
        var all = new HybridMaskDecoderOptions { Model = _model, TextColumnName = "Captions", SeparateAnswers = true, BatchSize = 3 };
        var scored = Visual().Append(_context.Transforms.HybridMaskDecoder(all)).Fit(data).Transform(data);
        float[] sums = scored.Read<float>("LogLikelihood");
        int[] counts = scored.Read<int>("LogLikelihood.TokenCount");
        for (int caption = 0; caption < 2; caption++)
        {
            var rows = Enumerable.Range(0, 5).Select(i => { var row = _pictures[i]; row.Answer = row.Captions[caption]; return row; }).ToList();
            var single = Visual().Append(_context.Transforms.HybridMaskDecoder(_model, "One", "VisualTokens", "Answer")).Fit(data).Transform(_context.Data.LoadFromEnumerable(rows));
            foreach (var (row, value) in single.Read<float>("One").Index())
                sums[row] -= value;
            foreach (var (row, value) in single.Read<int>("One.TokenCount").Index())
                counts[row] -= value;
        }
        Assert.All(sums, rest => Assert.Equal(0, rest, 2e-3));
        Assert.All(counts, rest => Assert.Equal(0, rest));
    }

    [Fact]
    public void Rows_without_text_score_nothing_and_rows_without_a_picture_are_text_alone()
    {
        var rows = new[]
        {
            new TinyPictures.Row { Image = _pictures.File(0) },
            new TinyPictures.Row { Conversation = ["what colour is it", "blue"] },
            new TinyPictures.Row { Image = _pictures.File(1), Conversation = ["what colour is it", "blue"] },
        };
        var data = _context.Data.LoadFromEnumerable(rows);
        var pipeline = _context.Transforms.ImageEncoder(new ImageEncoderOptions { Model = _model, AllowMissing = true })
            .Append(_context.Transforms.ModalityProjector(_model, "VisualTokens", "Patches"))
            .Append(_context.Transforms.HybridMaskDecoder(_model, "Score", "VisualTokens", "Conversation"));
        var scored = pipeline.Fit(data).Transform(data);
        float[] scores = scored.Read<float>("Score");
        int[] counts = scored.Read<int>("Score.TokenCount");
        Assert.Equal((0f, 0), (scores[0], counts[0]));
        Assert.True(scores[1] < 0 && scores[2] < 0 && scores[1] != scores[2]);
        Assert.Equal(counts[1], counts[2]);
        var error = Assert.Throws<MalformedInputException>(() => _context.Transforms.CaptionGenerator(_model, "Caption", "VisualTokens").Fit(scored).Transform(scored).Texts("Caption"));
        Assert.Equal("column 'VisualTokens', row 1: the row has no picture. Filter such rows out.", error.Message);
    }

    [Fact]
    public void Texts_that_do_not_fit_their_row_are_errors_that_name_it()
    {
        string Message(params string[] turns)
        {
            var rows = new[] { _pictures[0], new TinyPictures.Row { Image = _pictures.File(1), Conversation = turns } };
            var data = _context.Data.LoadFromEnumerable(rows);
            var pipeline = Visual().Append(_context.Transforms.HybridMaskDecoder(_model, "Score", "VisualTokens", "Conversation"));
            return Assert.Throws<MalformedInputException>(() => pipeline.Fit(data).Transform(data).Read<float>("Score")).Message;
        }

        Assert.Equal("column 'Conversation', row 1: the conversation has 3 turns. User and assistant take turns, and the assistant has the last word.", Message("a", "b", "c"));
        Assert.Equal("column 'Conversation', row 1: the text has 2 <image> placeholders, the row one picture. Each placeholder stands for one picture.", Message("<image><image>", "b"));
        var asked = _pictures[0];
        asked.Prompt = "<image> or <image>?";
        var error = Assert.Throws<MalformedInputException>(() =>
            Captioned(_context.Data.LoadFromEnumerable(new[] { asked }), new CaptionGeneratorOptions { Model = _model, PromptColumnName = "Prompt" }).Texts("Caption"));
        Assert.Equal("column 'Prompt', row 0: the prompt has 2 <image> placeholders for the row's one picture. Leave at most one.", error.Message);
    }

    [Fact]
    public void Missing_or_unfit_columns_are_errors_in_MLNETs_words()
    {
        var data = _pictures.Rows(_context, 1);
        string Message(IEstimator<ITransformer> estimator) => Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Fit(data)).Message;

        Assert.Equal("Could not find input column 'Nope' (Parameter 'inputSchema')", Message(_context.Transforms.ModalityProjector(_model, "VisualTokens", "Nope")));
        Assert.Equal("Schema mismatch for input column 'Id': expected Vector<Single>, got String (Parameter 'inputSchema')", Message(_context.Transforms.ModalityProjector(_model, "VisualTokens", "Id")));
        Assert.Equal("Could not find input column 'VisualTokens' (Parameter 'inputSchema')", Message(_context.Transforms.CaptionGenerator(_model, "Caption", "VisualTokens")));
        Assert.Equal("Could not find prompt column 'Nope' (Parameter 'inputSchema')", Message(Visual().Append(_context.Transforms.CaptionGenerator(_model, "Caption", "VisualTokens", "Nope"))));
        Assert.Equal("Schema mismatch for prompt column 'Captions': expected String, got VarVector<String> (Parameter 'inputSchema')",
            Message(Visual().Append(_context.Transforms.CaptionGenerator(_model, "Caption", "VisualTokens", "Captions"))));
        Assert.Equal("Could not find text column 'Nope' (Parameter 'inputSchema')", Message(Visual().Append(_context.Transforms.HybridMaskDecoder(_model, "Score", "VisualTokens", "Nope"))));
        Assert.Equal("Schema mismatch for text column 'Bytes': expected String or Vector<String>, got VarVector<Byte> (Parameter 'inputSchema')",
            Message(Visual().Append(_context.Transforms.HybridMaskDecoder(_model, "Score", "VisualTokens", "Bytes"))));
    }

    [Fact]
    public void Vectors_of_another_size_than_the_models_are_errors()
    {
        var patches = _context.Transforms.ImageEncoder(_model, "Patches", "Image").Fit(_pictures.Rows(_context, 1)).Transform(_pictures.Rows(_context, 1));
        using var wider = VisionLanguageModel.CreateRandom(TinyModel.Vision with { HiddenSize = 24, ImageSize = 24 },
            TinyModel.Language with { VocabSize = TinyModel.Tokenizer.VocabularySize }, TinyModel.Tokenizer);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => _context.Transforms.ModalityProjector(wider, "VisualTokens", "Patches").Fit(patches));
        Assert.Equal("Schema mismatch for input column 'Patches': expected Vector<Single, *, 24>, got Vector<Single, 4, 16> (Parameter 'inputSchema')", error.Message);
        error = Assert.Throws<ArgumentOutOfRangeException>(() => _context.Transforms.CaptionGenerator(wider, "Caption", "Patches").Fit(patches));
        Assert.Equal("Schema mismatch for input column 'Patches': expected Vector<Single, 9, 16>, got Vector<Single, 4, 16> (Parameter 'inputSchema')", error.Message);
    }

    [Fact]
    public void Settings_that_make_no_sense_are_errors()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Transforms.ModalityProjector(new ModalityProjectorOptions { Model = _model, BatchSize = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Transforms.CaptionGenerator(new CaptionGeneratorOptions { Model = _model, MaxTokens = 0 }));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => _context.Transforms.HybridMaskDecoder(new HybridMaskDecoderOptions { Model = _model, Mask = AttentionMaskKind.Bidirectional }));
        Assert.StartsWith("Must be Hybrid or Causal", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PredictionEngine_answers_one_row_at_a_time_and_disposes_the_transformer_unless_told_otherwise()
    {
        var data = _pictures.Rows(_context, 3);
        var captioner = Visual().Append(_context.Transforms.CaptionGenerator(_model, "Caption", "VisualTokens")).Fit(data);
        string[] expected = captioner.Transform(data).Texts("Caption");
        using (var engine = _context.Model.CreatePredictionEngine<TinyPictures.Row, Answered>(captioner, new PredictionEngineOptions { OwnsTransformer = false }))
            Assert.Equal(expected, Enumerable.Range(0, 3).Select(i => engine.Predict(_pictures[i]).Caption));
        using (var engine = _context.Model.CreatePredictionEngine<TinyPictures.Row, Answered>(captioner))
            Assert.Equal(expected[2], engine.Predict(_pictures[2]).Caption);
        var error = Assert.Throws<ObjectDisposedException>(() => captioner.Transform(data));
        Assert.Contains("a PredictionEngine that was made of it, which takes its transformer along unless PredictionEngineOptions.OwnsTransformer is false.", error.Message, StringComparison.Ordinal);
        Assert.Equal(expected, Direct(3, new string?[3])); // the model itself lives on
    }

    [Fact]
    public void A_transformer_outlives_the_model_that_it_was_made_of()
    {
        var data = _pictures.Rows(_context, 3);
        var model = TinyModel.Create();
        var captioner = _context.Transforms.ImageEncoder(model, "Patches", "Image")
            .Append(_context.Transforms.ModalityProjector(model, "VisualTokens", "Patches"))
            .Append(_context.Transforms.CaptionGenerator(model, "Caption", "VisualTokens")).Fit(data);
        model.Dispose();
        var view = captioner.Transform(data);
        Assert.Equal(Direct(3, new string?[3]), view.Texts("Caption"));
        captioner.Dispose();
        Assert.Throws<ObjectDisposedException>(() => view.Texts("Caption")); // a view that was made before
        Assert.Throws<ObjectDisposedException>(() => _context.Transforms.CaptionGenerator(model, "Caption", "VisualTokens").Fit(view));
    }

    [Fact]
    public void One_transformer_serves_several_threads()
    {
        var data = _pictures.Rows(_context, 6);
        var captioner = Visual().Append(_context.Transforms.CaptionGenerator(new CaptionGeneratorOptions { Model = _model, BatchSize = 4, MaxTokens = 8 })).Fit(data);
        string[] expected = captioner.Transform(data).Texts("Caption");
        Parallel.For(0, 6, _ => Assert.Equal(expected, captioner.Transform(data).Texts("Caption")));
    }

    [Fact]
    public void Nothing_is_decoded_before_a_value_is_asked_for_nor_for_a_column_that_is_not()
    {
        var data = _context.Data.LoadFromEnumerable(new[] { new TinyPictures.Row { Id = "a", Image = "/nowhere/x.png" } });
        var view = Visual().Append(_context.Transforms.CaptionGenerator(_model, "Caption", "VisualTokens")).Fit(data).Transform(data);
        Assert.Equal(["a"], view.Texts("Id"));
        using var cursor = view.GetRowCursor(view.Schema);
        var get = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Caption"]);
        Assert.True(cursor.MoveNext());
        ReadOnlyMemory<char> caption = default;
        Assert.Throws<FileNotFoundException>(() => get(ref caption));
    }

    public void Dispose()
    {
        _model.Dispose();
        _pictures.Dispose();
    }
}
