using VlmMlNet.Generation;

namespace VlmMlNet.Tests.Generation;

/// <summary>Where answers end.</summary>
public sealed class AnswerEndTests : AnswerTest
{
    [Fact]
    public void Lengths_are_kept_and_the_reason_of_an_end_is_told()
    {
        var options = new GenerationOptions { Temperature = 4, Seed = 5, MaxTokens = 40 };
        var free = AnswerGenerator.Generate(_model, _pictures, options: options).Select(a => a[0]).ToList();
        Assert.Contains(free, a => a.FinishReason == FinishReason.Stop && a.TokenCount < 12);
        Assert.All(free, a => Assert.Equal(a.FinishReason == FinishReason.Stop, Ends(a.TokenIds[^1])));
        Assert.All(free, a => Assert.DoesNotContain(a.TokenIds.SkipLast(1), Ends));
        Assert.All(free, a => Assert.Equal(_model.Tokenizer.Decode([.. a.TokenIds]).Trim(), a.Text));

        var longer = AnswerGenerator.Generate(_model, _pictures, options: options with { MinTokens = 12 }).Select(a => a[0]).ToList();
        Assert.All(longer, a => Assert.DoesNotContain(a.TokenIds.Take(12), Ends));
        var cut = AnswerGenerator.Generate(_model, _pictures, options: options with { MinTokens = 12, MaxTokens = 12 }).Select(a => a[0]).ToList();
        Assert.All(cut, a => Assert.Equal((12, FinishReason.Length), (a.TokenCount, a.FinishReason)));

        bool Ends(int token) => token == _model.Tokenizer.ImEndId || token == _model.Tokenizer.EndOfTextId;
    }

    [Fact]
    public void A_stop_sequence_ends_an_answer_and_is_cut_from_it()
    {
        var whole = AnswerGenerator.Generate(_model, _pictures, _prompts, Options("greedy"));
        var stopped = AnswerGenerator.Generate(_model, _pictures, _prompts, Options("stops"));
        int cut = 0;
        for (int i = 0; i < whole.Count; i++)
        {
            // Without trimming: a stop sequence may stand in white space's place.
            int end = whole[i][0].Text.IndexOf('e', StringComparison.Ordinal);
            end = end > 0 && whole[i][0].Text[end - 1] == 'r' ? end - 1 : end;
            Assert.Equal(end < 0 ? whole[i][0].Text : whole[i][0].Text[..end].TrimEnd(), stopped[i][0].Text);
            if (end >= 0)
            {
                cut++;
                Assert.Equal(FinishReason.Stop, stopped[i][0].FinishReason);
                Assert.Equal(whole[i][0].TokenIds.Take(stopped[i][0].TokenCount), stopped[i][0].TokenIds);
            }
        }
        Assert.InRange(cut, 1, whole.Count);
    }

    [Fact]
    public void An_answer_that_ends_by_itself_with_its_last_token_is_no_cut_one()
    {
        var stopped = AnswerGenerator.Generate(_model, _pictures, _prompts, Options("stops"));
        int found = 0;
        for (int i = 0; i < stopped.Count; i++)
        {
            if (stopped[i][0].FinishReason != FinishReason.Stop)
                continue;
            var exact = AnswerGenerator.Generate(_model, [_pictures[i]], [_prompts[i]], Options("stops") with { MaxTokens = stopped[i][0].TokenCount })[0][0];
            AssertSame(stopped[i][0], exact);
            found++;
        }
        Assert.InRange(found, 1, stopped.Count);
    }
}
