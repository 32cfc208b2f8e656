using Microsoft.ML;
using VlmMlNet.Components.Recipes;
using VlmMlNet.Generation;
using VlmMlNet.Imaging;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Components.Recipes;

public sealed class PrecisionComparisonTests : IDisposable
{
    private const int Count = 5, MaxTokens = 6;
    private static readonly PrecisionComparisonOptions s_options = new() { MaxTokens = MaxTokens, BatchSize = 2, MaxThreads = 1 };
    private readonly MLContext _context = new(1);
    private readonly TinyPictures _pictures = new();
    private readonly VisionLanguageModel _model = Talkative();

    public sealed class Captioned
    {
        public string Image { get; set; } = "";
        public string[] Captions { get; set; } = [];
    }

    public sealed class Questioned
    {
        public string Image { get; set; } = "";
        public string[] Conversation { get; set; } = [];
    }

    [Fact]
    public void A_model_beside_itself_loses_nothing()
    {
        using var same = _model.WithPrecision(WeightPrecision.Float32);
        var comparison = _context.VisionLanguage().ComparePrecisions(_model, [same], OwnCaptions(), s_options);
        var quality = Assert.Single(comparison.Precisions);
        Assert.Equal((1.0, 1.0, 0.0), (quality.TokenAgreement, quality.SameAnswers, quality.RelativeChange));
        Assert.Equal(0, quality.MeanDivergence, 1e-9);
        Assert.True(comparison.Score > 1, $"CIDEr of the model's own captions is {comparison.Score}.");
        Assert.Equal((Count, "CIDEr"), (comparison.Rows, comparison.ScoreName));
        Assert.Equal(comparison.Tokens, quality.MeanAgreeingPrefix * Count, 1e-9);
        Assert.Empty(comparison.Refusals);
    }

    [Fact]
    public void Spoiled_weights_are_refused()
    {
        using var spoiled = Spoiled();
        var comparison = _context.VisionLanguage().ComparePrecisions(_model, [spoiled], OwnCaptions(), s_options);
        var quality = Assert.Single(comparison.Precisions);
        Assert.False(quality.IsSupported);
        Assert.True(quality.TokenAgreement < 0.9 && quality.MeanDivergence > 0.01);
        Assert.StartsWith("int8 is not supported: CIDEr falls by ", Assert.Single(comparison.Refusals), StringComparison.Ordinal);
        Assert.Contains("\"supported\": false", comparison.ToJson(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_numbers_are_those_of_answers_looked_at_one_by_one(int batchSize)
    {
        using var small = _model.WithPrecision(WeightPrecision.Int4);
        var data = OwnCaptions();
        var quality = _context.VisionLanguage().ComparePrecisions(_model, [small], data, s_options with { BatchSize = batchSize }).Precisions[0];

        int places = 0, agreeing = 0, same = 0, prefixes = 0;
        double divergence = 0;
        for (int i = 0; i < Count; i++)
        {
            var (expected, own) = (Answer(_model, i, MaxTokens), Answer(small, i, MaxTokens));
            for (int place = 0; place < expected.Length; place++)
            {
                var (token, logits) = Next(_model, i, expected[..place]);
                var (smallToken, smallLogits) = Next(small, i, expected[..place]);
                Assert.Equal(expected[place], token);
                places++;
                agreeing += smallToken == token ? 1 : 0;
                divergence += Divergence.KullbackLeibler(logits, smallLogits);
            }
            int prefix = expected.AsSpan().CommonPrefixLength(own);
            prefixes += prefix;
            same += prefix == expected.Length && prefix == own.Length ? 1 : 0;
        }
        Assert.InRange(agreeing, 1, places - 1); // otherwise nothing is tested
        Assert.Equal(agreeing / (double)places, quality.TokenAgreement, 1e-9);
        Assert.Equal(divergence / places, quality.MeanDivergence, 1e-4 * divergence / places);
        Assert.Equal(same / (double)Count, quality.SameAnswers, 1e-9);
        Assert.Equal(prefixes / (double)Count, quality.MeanAgreeingPrefix, 1e-9);
        var evaluation = _context.VisionLanguage().EvaluateModel(small, data, new ModelEvaluationOptions { Generation = new GenerationOptions { MaxTokens = MaxTokens, MaxThreads = 1 } });
        Assert.Equal(evaluation.Captions!.Cider, quality.Score, 1e-9);
    }

    [Fact]
    public void Questions_are_compared_by_exact_match()
    {
        var rows = Enumerable.Range(0, Count).Select(i => new Questioned { Image = _pictures.File(i), Conversation = ["<image>\nWhat colour is it?", Text(_model, i, "What colour is it?")] });
        using var spoiled = Spoiled();
        long reported = 0;
        var comparison = _context.VisionLanguage().ComparePrecisions(_model, [spoiled], _context.Data.LoadFromEnumerable(rows),
            s_options with { Limit = 4, Progress = (done, total) => reported = 10 * done + total });
        Assert.Equal((4, "exact match", 1.0, 44L), (comparison.Rows, comparison.ScoreName, comparison.Score, reported));
        Assert.True(comparison.Precisions[0].Score < 1);
    }

    [Fact]
    public void What_cannot_be_compared_is_named()
    {
        var vlm = _context.VisionLanguage();
        using var small = _model.WithPrecision(WeightPrecision.Int8);
        Assert.Contains("for generating only", Assert.Throws<InvalidOperationException>(() => vlm.ComparePrecisions(small, [small], OwnCaptions())).Message, StringComparison.Ordinal);
        using var stranger = VisionLanguageModel.CreateRandom(TinyModel.Vision, TinyModel.Language with { VocabSize = 400 }, TinyModel.Tokenizer);
        Assert.Contains("another vocabulary", Assert.Throws<ArgumentException>(() => vlm.ComparePrecisions(_model, [stranger], OwnCaptions())).Message, StringComparison.Ordinal);
        var none = _context.Data.LoadFromEnumerable([new Captioned { Image = _pictures.File(0) }]);
        Assert.Contains("no row has a picture and a text", Assert.Throws<MalformedInputException>(() => vlm.ComparePrecisions(_model, [small], none)).Message, StringComparison.Ordinal);
        Assert.Contains("Limit is 0", Assert.Throws<ArgumentException>(() => vlm.ComparePrecisions(_model, [small], none, new() { Limit = 0 })).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _model.Dispose();
        _pictures.Dispose();
    }

    // New weights repeat their last token; larger ones say something that depends on all they see.
    private static VisionLanguageModel Talkative()
    {
        var model = TinyModel.Create(seed: 3);
        using var unrecorded = no_grad();
        foreach (var weight in model.Network.Language.parameters().Concat(model.Network.Projector.parameters()))
            weight.mul_(20);
        return model;
    }

    private static VisionLanguageModel Spoiled()
    {
        using var model = Talkative();
        using var unrecorded = no_grad();
        manual_seed(1);
        foreach (var (name, weight) in model.Network.Language.named_parameters())
            if (name.Contains("mlp", StringComparison.Ordinal))
                weight.add_(randn_like(weight).mul(weight.std().mul(0.5f)));
        return model.WithPrecision(WeightPrecision.Int8);
    }

    // The model's captions are the references: so it scores as well as can be.
    private IDataView OwnCaptions() =>
        _context.Data.LoadFromEnumerable(Enumerable.Range(0, Count).Select(i => new Captioned { Image = _pictures.File(i), Captions = [Text(_model, i, _model.CaptionPrompt)] }).ToList());

    private string Text(VisionLanguageModel model, int picture, string prompt) =>
        AnswerGenerator.Answer(model, [Picture(picture)], [prompt], new GenerationOptions { MaxTokens = MaxTokens, MaxThreads = 1 })[0];

    private RgbImage Picture(int i) => ImageDecoder.Decode(_pictures.File(i));

    // With the token that ends it.
    private int[] Answer(VisionLanguageModel model, int picture, int maxTokens)
    {
        var ids = new List<int>();
        while (ids.Count < maxTokens)
        {
            ids.Add(Next(model, picture, [.. ids]).Token);
            if (ids[^1] == model.Tokenizer.ImEndId || ids[^1] == model.Tokenizer.EndOfTextId)
                break;
        }
        return [.. ids];
    }

    // A session of its own for each place.
    private (int Token, float[] Logits) Next(VisionLanguageModel model, int picture, int[] answer)
    {
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        int[] prompt = model.ChatTemplate.Encode([new ChatMessage("user", $"{ImageToken.Text}\n{model.CaptionPrompt}")], addGenerationPrompt: true, model.ImageTokenCount).TokenIds;
        var visualTokens = model.VisualTokens(PixelBatch.ToTensor(model.ImageProcessor, [Picture(picture)])!);
        using var session = model.Conversation.OpenSession(1, prompt.Length + answer.Length + 1, 1);
        session.Append(0, [.. prompt, .. answer], visualTokens);
        return (session.MostLikely(0), session.Logits(0).ToArray());
    }
}
