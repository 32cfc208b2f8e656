using Microsoft.ML;
using VlmMlNet.Components.Recipes;
using VlmMlNet.Generation;

namespace VlmMlNet.Tests.Generation;

public sealed class GenerationLimitTests : IDisposable
{
    private readonly VisionLanguageModel _model = TinyModel.Create();

    public static TheoryData<string, GenerationOptions> TooMuch => new()
    {
        { "MaxTokens is 1000000000; it must be at most 1048576", new() { MaxTokens = 1_000_000_000 } },
        { "NumBeams is 1001; it must be at most 1000", new() { NumBeams = 1001 } },
        { "NumAnswers is 1001; it must be at most 1000", new() { Temperature = 1, NumAnswers = 1001 } },
        { "BatchSize is 1001; it must be at most 1000", new() { BatchSize = 1001 } },
        { "TopK is 1000001; it must be at most 1000000", new() { Temperature = 1, TopK = 1_000_001 } },
        { "MaxThreads is 1000000; it must be at most", new() { MaxThreads = 1_000_000 } },
        { "the number of StopSequences is 101; it must be at most 100", new() { StopSequences = [.. Enumerable.Range(0, 101).Select(i => $"stop {i}")] } },
        { "the length of one of the StopSequences is 1001; it must be at most 1000", new() { StopSequences = [new string('a', 1001)] } },
        { "Temperature is 1E+300; it must be 0", new() { Temperature = 1e300 } },
        { "LengthPenalty is 1E+300; it must be a number from -100 to 100", new() { NumBeams = 2, LengthPenalty = 1e300 } },
        { "RepetitionPenalty is 1E-300; it must be a number from 0.001 to 1000", new() { RepetitionPenalty = 1e-300 } },
        { "MaxTokens is 1025; the model has 1024 positions: it must be at most that", new() { MaxTokens = 1025 } },
    };

    [Theory]
    [MemberData(nameof(TooMuch), DisableDiscoveryEnumeration = true)]
    public void More_than_anybody_needs_is_an_error_before_memory_is_taken(string message, GenerationOptions options)
    {
        var picture = TinyModel.Picture(200, 20, 20);
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => AnswerGenerator.GenerateLazily(_model, [], options)).Message, StringComparison.Ordinal);
        using var session = _model.OpenImage(picture);
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => session.Generate("what colour is it", options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_at_its_bound_is_fine() => new GenerationOptions
    {
        MaxTokens = 1 << 20,
        Temperature = 1,
        TopK = 1_000_000,
        NumAnswers = 1000,
        BatchSize = 1000,
        MaxThreads = 64,
        StopSequences = [.. Enumerable.Range(0, 99).Select(i => $"stop {i}"), new string('a', 1000)],
    }.Check();

    [Fact]
    public void A_prompt_longer_than_the_models_positions_is_told_so()
    {
        using var session = _model.OpenImage(TinyModel.Picture(20, 20, 200));
        string message = Assert.Throws<ArgumentException>(() => session.Generate(string.Concat(Enumerable.Repeat("what colour is it ", 1000)))).Message;
        Assert.Matches(@"^A prompt has \d+ tokens, its picture's included; the model takes at most 4096\. Shorten it\.$", message);
    }

    [Fact]
    public void A_comparison_of_precisions_has_the_same_bounds()
    {
        var vlm = new MLContext().VisionLanguage();
        var data = new MLContext().Data.LoadFromEnumerable([new { Image = "none.png" }]);
        Assert.Contains("MaxTokens is 1000000000", Assert.Throws<ArgumentException>(() => vlm.ComparePrecisions(_model, [], data, new PrecisionComparisonOptions { MaxTokens = 1_000_000_000 })).Message, StringComparison.Ordinal);
        Assert.Contains("the model has 1024 positions", Assert.Throws<ArgumentException>(() => vlm.ComparePrecisions(_model, [], data, new PrecisionComparisonOptions { MaxTokens = 2000 })).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _model.Dispose();
}
