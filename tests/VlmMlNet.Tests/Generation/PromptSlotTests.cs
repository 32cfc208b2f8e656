using VlmMlNet.Generation.Answers;
using VlmMlNet.Text;

namespace VlmMlNet.Tests.Generation;

public sealed class PromptSlotTests
{
    [Fact]
    public void The_same_prompt_about_another_picture_is_computed_anew()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var model = SharpModel.Create();
        int[] prompt = [5, .. Enumerable.Repeat(ImageToken.Id, model.ImageTokenCount), 6];
        float[] alone = After(2), after = After(1, 2);
        Assert.Equal(alone, after);
        Assert.NotEqual(After(1), after);

        float[] After(params ReadOnlySpan<int> pictures)
        {
            using var session = model.Conversation.OpenSession(1, 16, maxThreads: 1);
            var slot = new PromptSlot(session, 0);
            foreach (int picture in pictures)
            {
                using var seeded = new TorchSharp.torch.Generator((ulong)picture);
                using var request = new AnswerRequest(prompt, TorchSharp.torch.randn([1, model.ImageTokenCount, TinyModel.Language.HiddenSize], generator: seeded), row: 0, new object());
                slot.Load(request);
            }
            return session.Logits(0).ToArray();
        }
    }

    [Theory]
    [InlineData(new[] { 5, 6, 7, 8 }, new[] { 5, 6 }, 1)]
    [InlineData(new[] { 5, 6 }, new[] { 5, 6, 7, 8 }, 2)]
    [InlineData(new[] { 5, 6, 7 }, new[] { 5, 6, 9 }, 1)]
    [InlineData(new[] { 5, 6, 7 }, new[] { 5, 6, 7 }, 0)]
    [InlineData(new[] { 5, 6, 7 }, new[] { 9, 6, 7 }, 3)]
    public void A_prompt_after_another_predicts_as_it_does_alone_and_computes_what_is_new(int[] first, int[] second, int computed)
    {
        using var model = SharpModel.Create();
        var picture = new object();
        float[] alone = After([second], out _), after = After([first, second], out long both);
        After([first], out long one);
        Assert.Equal(alone, after);
        Assert.Equal(computed, both - one);

        float[] After(int[][] prompts, out long tokens)
        {
            using var session = model.Conversation.OpenSession(1, 16, maxThreads: 1);
            var slot = new PromptSlot(session, 0);
            foreach (int[] prompt in prompts)
            {
                using var request = new AnswerRequest(prompt, TorchSharp.torch.zeros(1), row: 0, picture);
                slot.Load(request);
            }
            tokens = slot.ComputedTokens;
            return session.Logits(0).ToArray();
        }
    }
}
