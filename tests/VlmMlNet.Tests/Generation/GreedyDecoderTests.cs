using TorchSharp;
using VlmMlNet.Generation;
using VlmMlNet.Models;
using VlmMlNet.Text;
using VlmMlNet.Tests.Models;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Generation;

public sealed class GreedyDecoderTests
{
    private static EncodedConversation Prompt(VisionLanguageModel model, string text) =>
        model.ChatTemplate.Encode([new ChatMessage("user", $"<image>\n{text}")], addGenerationPrompt: true, model.ImageTokenCount);

    private static TokenBatch Batch(VisionLanguageModel model, params EncodedConversation[] rows) =>
        TokenBatch.Collate(rows, PaddingSide.Left, model.Tokenizer.EndOfTextId, model.ImageTokenCount);

    [Fact]
    public void Cached_logits_equal_logits_computed_anew()
    {
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        var visual = model.Network.VisualTokens(rand(1, 3, 16, 16) * 2 - 1);
        var prompt = Prompt(model, "what colour is it");
        var cached = new List<Tensor>();

        int[] tokens = GreedyDecoder.Generate(model.Network, Batch(model, prompt), visual, [], 10, onLogits: l => cached.Add(l.DetachFromDisposeScope()))[0];

        var whole = prompt with { TokenIds = [.. prompt.TokenIds, .. tokens], Labels = [.. prompt.Labels, .. tokens] };
        var anew = model.Network.Logits(Batch(model, whole), visual, AttentionMaskKind.Hybrid);
        for (int i = 0; i < tokens.Length; i++)
            TensorAssert.Near(anew[0, prompt.TokenIds.Length - 1 + i], cached[i][0], 1e-5);
    }

    [Fact]
    public void Unequal_prompts_side_by_side_give_the_answers_of_each_alone()
    {
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create(3);
        var visual = model.Network.VisualTokens(rand(3, 3, 16, 16) * 2 - 1);
        var prompts = new[] { "what colour is it", "red", "a green picture Describe the image. blue" }.Select(p => Prompt(model, p)).ToArray();

        var together = GreedyDecoder.Generate(model.Network, Batch(model, prompts), visual, [], 8);

        for (int row = 0; row < prompts.Length; row++)
            Assert.Equal(GreedyDecoder.Generate(model.Network, Batch(model, prompts[row]), visual.narrow(0, row, 1), [], 8)[0], together[row]);
    }

    [Fact]
    public void A_stop_token_ends_an_answer_and_is_not_part_of_it()
    {
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        var visual = model.Network.VisualTokens(rand(1, 3, 16, 16) * 2 - 1);
        var batch = Batch(model, Prompt(model, "red"));
        int[] all = GreedyDecoder.Generate(model.Network, batch, visual, [], 8)[0];

        int[] stopped = GreedyDecoder.Generate(model.Network, batch, visual, [all[^1]], 8)[0];

        Assert.Equal(all.TakeWhile(t => t != all[^1]), stopped);
        Assert.Equal(8, all.Length);
    }

    [Fact]
    public void Generation_can_be_cancelled_between_two_tokens()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        using var cancel = new CancellationTokenSource();
        var visual = model.Network.VisualTokens(rand(1, 3, 16, 16));
        int steps = 0;

        Assert.Throws<OperationCanceledException>(() => GreedyDecoder.Generate(model.Network, Batch(model, Prompt(model, "red")), visual, [], 100,
            onLogits: _ =>
            {
                if (++steps == 3)
                    cancel.Cancel();
            }, cancellationToken: cancel.Token));
        Assert.Equal(3, steps);
    }

    [Fact]
    public void Five_hundred_captions_keep_the_number_of_live_tensors()
    {
        using var model = TinyModel.Create();
        var images = Enumerable.Range(0, 10).Select(i => TinyModel.Picture((byte)(25 * i), 0, 0)).ToList();
        AnswerGenerator.Answer(model, images, options: new GenerationOptions { MaxTokens = 4 });
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 50; i++)
            AnswerGenerator.Answer(model, images, options: new GenerationOptions { MaxTokens = 4 });
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_prompt_with_two_placeholders_is_refused()
    {
        using var model = TinyModel.Create();
        var error = Assert.Throws<ArgumentException>(() => AnswerGenerator.Answer(model, [TinyModel.Picture(1, 2, 3)], ["<image> and <image>"]));
        Assert.Contains("2 <image> placeholders", error.Message, StringComparison.Ordinal);
    }
}
