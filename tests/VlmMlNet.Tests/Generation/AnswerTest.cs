using VlmMlNet.Generation;
using VlmMlNet.Imaging;

namespace VlmMlNet.Tests.Generation;

/// <summary>A model whose answers depend on all that it sees, pictures, and prompts about them.</summary>
public abstract class AnswerTest : IDisposable
{
    private protected readonly VisionLanguageModel _model = SharpModel.Create();
    private protected readonly RgbImage[] _pictures = SharpModel.Pictures(12);
    private protected readonly string[] _prompts = [.. Enumerable.Range(0, 12).Select(i => SharpModel.Prompts[i % SharpModel.Prompts.Length])];

    public void Dispose()
    {
        _model.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static GenerationOptions Options(string way)
    {
        var basic = new GenerationOptions { MaxTokens = 12, MaxThreads = 1, BatchSize = 3, LogProbabilities = true };
        return way switch
        {
            "penalty" => basic with { RepetitionPenalty = 1.3 },
            "drawn" => basic with { Temperature = 1.5, Seed = 7 },
            "top" => basic with { Temperature = 3, TopK = 30, TopP = 0.9, Seed = 7, RepetitionPenalty = 1.1 },
            "beams" => basic with { NumBeams = 3, LengthPenalty = 0.5, BatchSize = 6 },
            "stops" => basic with { StopSequences = ["e", "re"] },
            "least" => basic with { MinTokens = 5, Temperature = 2, Seed = 3 },
            _ => basic,
        };
    }

    private protected static void AssertSame(GeneratedAnswer expected, GeneratedAnswer actual)
    {
        Assert.Equal(expected.TokenIds, actual.TokenIds);
        Assert.Equal(expected.Text, actual.Text);
        Assert.Equal(expected.FinishReason, actual.FinishReason);
        Assert.Equal(expected.TokenLogProbabilities, actual.TokenLogProbabilities);
        Assert.Equal(expected.Score, actual.Score);
    }
}
