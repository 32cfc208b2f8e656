using VlmMlNet.Generation.Answers;

namespace VlmMlNet.Tests.Generation;

public sealed class PromptSlotTests
{
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
