using VlmMlNet.Generation;

namespace VlmMlNet.Tests.Generation;

/// <summary>Options that cannot be followed together.</summary>
public sealed class ContradictingOptionTests : AnswerTest
{
    public static TheoryData<string, GenerationOptions> Contradictions => new()
    {
        { "MaxTokens is 0; it must be positive", new() { MaxTokens = 0 } },
        { "MinTokens is 9; MaxTokens, 8, is less", new() { MaxTokens = 8, MinTokens = 9 } },
        { "Temperature is -1", new() { Temperature = -1 } },
        { "Temperature is NaN", new() { Temperature = double.NaN } },
        { "TopK is 0", new() { Temperature = 1, TopK = 0 } },
        { "TopP is 1.5", new() { Temperature = 1, TopP = 1.5 } },
        { "TopP is 0.5; Temperature is 0, so that no token is drawn", new() { TopP = 0.5 } },
        { "TopK is 5; Temperature is 0", new() { TopK = 5 } },
        { "RepetitionPenalty is 0", new() { RepetitionPenalty = 0 } },
        { "NumBeams is 4; Temperature is 0.5: beams are searched, not drawn", new() { NumBeams = 4, Temperature = 0.5 } },
        { "LengthPenalty is 2; it weighs beams", new() { LengthPenalty = 2 } },
        { "EarlyStopping is True; it ends the search with beams", new() { EarlyStopping = true } },
        { "NumAnswers is 3; the most likely tokens give one answer", new() { NumAnswers = 3 } },
        { "NumAnswers is 3; NumBeams, 2, is less", new() { NumAnswers = 3, NumBeams = 2 } },
        { "one of the StopSequences is empty", new() { StopSequences = ["a", ""] } },
        { "one of the StopSequences is no valid text", new() { StopSequences = ["\uD83C"] } },
        { "MaxThreads is 0", new() { MaxThreads = 0 } },
    };

    [Theory]
    [MemberData(nameof(Contradictions), DisableDiscoveryEnumeration = true)]
    public void Options_that_contradict_each_other_are_one_clear_error(string message, GenerationOptions options) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => AnswerGenerator.Generate(_model, _pictures, options: options)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_cannot_be_streamed_is_told_at_once()
    {
        Assert.Contains("cannot be streamed", Assert.Throws<ArgumentException>(() => AnswerGenerator.StreamAsync(_model, _pictures[0], options: new() { NumBeams = 2 })).Message, StringComparison.Ordinal);
        Assert.Contains("one answer to each prompt", Assert.Throws<ArgumentException>(() => AnswerGenerator.StreamAsync(_model, _pictures[0], options: new() { NumAnswers = 2, Temperature = 1 })).Message, StringComparison.Ordinal);
        Assert.Contains("one answer to each prompt", Assert.Throws<ArgumentException>(() => AnswerGenerator.Answer(_model, _pictures, options: new() { NumAnswers = 2, Temperature = 1 })).Message, StringComparison.Ordinal);
    }
}
