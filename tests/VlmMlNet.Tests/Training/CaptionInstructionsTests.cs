using VlmMlNet.Training.Examples;

namespace VlmMlNet.Tests.Training;

public sealed class CaptionInstructionsTests
{
    [Fact]
    public void Captions_stay_and_half_of_the_requests_are_worded_differently()
    {
        var captions = TinyModel.Colours(100);
        var before = captions.Read().ToList();
        var after = CaptionInstructions.Of(captions).Read().ToList();
        Assert.Equal(before.Select(e => e.Messages[1]), after.Select(e => e.Messages[1]));
        Assert.Equal(before.Select(e => e.Images[0]), after.Select(e => e.Images[0]));
        Assert.InRange(after.Count(e => e.Messages[0].Content == before[0].Messages[0].Content), 35, 65);
        Assert.Equal(CaptionInstructions.Prompts.Select(p => $"<image>\n{p}").Order(), after.Select(e => e.Messages[0].Content).Distinct().Order());
        Assert.Equal(after.Select(e => e.Messages[0]), CaptionInstructions.Of(captions).Read().Select(e => e.Messages[0])); // the same in each epoch
    }

    [Fact]
    public void Conversations_stay_as_they_are()
    {
        var conversation = new TrainingExample("talk", [new("user", "a"), new("assistant", "b"), new("user", "c"), new("assistant", "d")], []);
        Assert.All(CaptionInstructions.Of(TrainingSet.FromList([conversation, conversation])).Read(), e => Assert.Same(conversation, e));
    }
}
