using VlmMlNet.Generation;
using VlmMlNet.Generation.Answers;
using VlmMlNet.Models;
using VlmMlNet.Parts;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Generation;

public sealed class AnswerGeneratorTests : AnswerTest
{
    public static TheoryData<string> Ways => new("greedy", "penalty", "drawn", "top", "beams", "stops", "least");

    [Theory]
    [MemberData(nameof(Ways))]
    public void Side_by_side_each_prompt_has_the_answer_that_it_has_alone_in_any_batch(string way)
    {
        var options = Options(way);
        var expected = AnswerGenerator.Generate(_model, _pictures, _prompts, options with { BatchSize = 1 });
        foreach (int batchSize in new[] { 2, 5, 30 })
        {
            var together = AnswerGenerator.Generate(_model, _pictures, _prompts, options with { BatchSize = batchSize });
            for (int i = 0; i < _pictures.Length; i++)
                AssertSame(expected[i][0], together[i][0]);
        }
        if (options.Temperature == 0)
            for (int i = 0; i < _pictures.Length; i++)
                AssertSame(expected[i][0], AnswerGenerator.Generate(_model, [_pictures[i]], [_prompts[i]], options)[0][0]);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Libtorch_and_the_kernels_give_the_same_answers(string way)
    {
        var options = Options(way);
        using var model = SharpModel.Create(scale: SharpModel.MildScale);
        var requests = PictureRequest.Encode(model, _pictures.Zip(_prompts, (p, q) => new PictureRequest(p, q)), 4).ToList();
        using var session = new TorchSession(model.Conversation.Language, AnswerBatch.SlotsFor(options), 100);
        var batch = new AnswerBatch(model.Conversation, options, options.Seed ?? 0, session, new PromptSlot(session, session.Slots - 1));
        var jobs = new List<AnswerJob>();
        for (int next = 0; next < requests.Count || jobs.Exists(j => !j.IsComplete);)
        {
            while (next < requests.Count && batch.HasRoom)
                jobs.Add(batch.Start(requests[next++]));
            if (!batch.Choose())
                batch.Step();
        }
        var expected = AnswerGenerator.Generate(model, _pictures, _prompts, options);
        Assert.True(expected.Select(a => a[0].Text).Distinct().Count() > 6);
        for (int i = 0; i < jobs.Count; i++)
        {
            Assert.Equal(expected[i][0].TokenIds, jobs[i].Answers[0].TokenIds);
            Assert.Equal(expected[i][0].LogProbability!.Value, jobs[i].Answers[0].LogProbability!.Value, 1e-3);
        }
    }

    [Theory]
    [InlineData("greedy")]
    [InlineData("penalty")]
    [InlineData("top")]
    [InlineData("stops")]
    public async Task Streamed_pieces_together_are_the_whole_answer(string way)
    {
        var options = Options(way);
        int several = 0;
        for (int i = 0; i < 4; i++)
        {
            string whole = AnswerGenerator.Answer(_model, [_pictures[i]], [_prompts[i]], options)[0];
            var pieces = new List<string>();
            await foreach (string piece in AnswerGenerator.StreamAsync(_model, _pictures[i], _prompts[i], options, TestContext.Current.CancellationToken))
                pieces.Add(piece);
            Assert.Equal(whole, string.Concat(pieces));
            Assert.DoesNotContain("", pieces);
            several += pieces.Count;
        }
        Assert.True(way == "stops" || several > 8);
    }

    [Theory]
    [InlineData("greedy")]
    [InlineData("drawn")]
    [InlineData("beams")]
    public void Log_probabilities_are_those_of_logits_computed_anew_without_a_cache(string way)
    {
        using var model = SharpModel.Create(scale: SharpModel.MildScale);
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        for (int i = 0; i < 3; i++)
        {
            var answer = AnswerGenerator.Generate(model, [_pictures[i]], [_prompts[i]], Options(way))[0][0];
            int[] prompt = AnswerRequest.Encode(model.Conversation, _prompts[i]), all = [.. prompt, .. answer.TokenIds];
            var whole = new EncodedConversation(all, [.. all.Select(_ => EncodedConversation.Unscored)], 1);
            var visual = PictureRequest.EncodePictures(model, [_pictures[i]])!;
            var logits = model.Network.Logits(TokenBatch.Collate([whole], PaddingSide.Right, 0, model.ImageTokenCount), visual, AttentionMaskKind.Hybrid);
            for (int t = 0; t < answer.TokenCount; t++)
            {
                double[] expected = ReferenceDecoding.LogSoftmax([.. logits[0, prompt.Length - 1 + t].data<float>().Select(l => (double)l)]);
                Assert.Equal(expected[answer.TokenIds[t]], answer.TokenLogProbabilities![t], 1e-3);
            }
            Assert.Equal(answer.TokenLogProbabilities!.Sum(), answer.LogProbability!.Value, 1e-3);
        }
    }

    [Fact]
    public void A_repetition_penalty_gives_the_answers_of_the_plain_definition()
    {
        using var session = _model.Conversation.OpenSession(1, 100);
        int changed = 0;
        for (int i = 0; i < 4; i++)
        {
            int[] prompt = AnswerRequest.Encode(_model.Conversation, _prompts[i]);
            using var visual = PictureRequest.EncodePictures(_model, [_pictures[i]])!;
            session.Truncate(0, 0);
            session.Append(0, prompt, visual);
            var expected = new List<int>();
            while (expected.Count < 12 && (expected.Count == 0 || expected[^1] != _model.Tokenizer.ImEndId && expected[^1] != _model.Tokenizer.EndOfTextId))
            {
                if (expected.Count > 0)
                    session.Step([0], [expected[^1]]);
                double[] scores = ReferenceDecoding.Penalise([.. session.Logits(0).ToArray().Select(l => (double)l)], prompt.Concat(expected), 1.3);
                expected.Add(Array.IndexOf(scores, scores.Max()));
            }
            var answer = AnswerGenerator.Generate(_model, [_pictures[i]], [_prompts[i]], Options("penalty"))[0][0];
            Assert.Equal(expected, answer.TokenIds);
            changed += answer.TokenIds.SequenceEqual(AnswerGenerator.Generate(_model, [_pictures[i]], [_prompts[i]], Options("greedy"))[0][0].TokenIds) ? 0 : 1;
        }
        Assert.True(changed > 0);
    }

    [Fact]
    public void Several_answers_differ_and_are_what_their_seed_row_and_number_make_them()
    {
        var options = Options("drawn") with { NumAnswers = 5 };
        var answers = AnswerGenerator.Generate(_model, _pictures[..3], _prompts[..3], options);
        Assert.All(answers, a => Assert.Equal(5, a.Count));
        Assert.True(answers[0].Select(a => a.Text).Distinct().Count() > 1);
        foreach (int batchSize in new[] { 1, 4, 20 })
        {
            var again = AnswerGenerator.Generate(_model, _pictures[..3], _prompts[..3], options with { BatchSize = batchSize });
            for (int i = 0; i < 3; i++)
                for (int k = 0; k < 5; k++)
                    AssertSame(answers[i][k], again[i][k]);
        }
        AssertSame(answers[0][0], AnswerGenerator.Generate(_model, _pictures[..1], _prompts[..1], options with { NumAnswers = 1 })[0][0]);
        Assert.NotEqual(answers[0].Select(a => a.Text), AnswerGenerator.Generate(_model, _pictures[..1], _prompts[..1], options with { Seed = 8 })[0].Select(a => a.Text));
    }

    [Fact]
    public void Without_a_seed_answers_are_others_each_time()
    {
        var options = Options("drawn") with { Seed = null, Temperature = 5 };
        string[] texts = [.. Enumerable.Range(0, 4).Select(_ => string.Concat(AnswerGenerator.Answer(_model, _pictures[..3], options: options)))];
        Assert.True(texts.Distinct().Count() > 1);
    }

    [Fact]
    public void Work_can_be_cancelled_between_two_tokens_and_a_stream_too()
    {
        using var cancel = new CancellationTokenSource();
        var requests = PictureRequest.Encode(_model, [new PictureRequest(_pictures[0], "red")], 1);
        int checks = 0;
        Assert.Throws<OperationCanceledException>(() => new AnswerScheduler(_model.Conversation, new GenerationOptions { MaxTokens = 1000, MinTokens = 1000 }, 0).Run(requests, () =>
        {
            if (++checks == 10)
                cancel.Cancel();
            cancel.Token.ThrowIfCancellationRequested();
        }).ToList());
        Assert.Equal(10, checks);
    }

    [Fact]
    public async Task A_stream_ends_when_it_is_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        int pieces = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (string _ in AnswerGenerator.StreamAsync(_model, _pictures[0], "red", new GenerationOptions { MaxTokens = 1000, MinTokens = 1000 }).WithCancellation(cancel.Token))
                if (++pieces == 3)
                    await cancel.CancelAsync();
        });
        Assert.Equal(3, pieces);
    }

    [Fact]
    public void Tokens_are_chosen_without_an_allocation_each()
    {
        foreach (string way in new[] { "greedy", "penalty", "top", "stops" })
        {
            var options = Options(way) with { MaxTokens = 80, MinTokens = 80, StopSequences = way == "stops" ? ["no such text"] : [] };
            var request = PictureRequest.Encode(_model, [new PictureRequest(_pictures[0], "red")], 1).Single();
            using var session = _model.Conversation.OpenSession(AnswerBatch.SlotsFor(options), 200, 1);
            var batch = new AnswerBatch(_model.Conversation, options, 1, session, new PromptSlot(session, session.Slots - 1));
            batch.Start(request);
            void Take(int tokens)
            {
                for (int i = 0; i < tokens; i++)
                {
                    Assert.False(batch.Choose());
                    batch.Step();
                }
            }
            Take(5);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Take(50);
            Assert.Equal((way, before), (way, GC.GetAllocatedBytesForCurrentThread()));
        }
    }

    [Fact]
    public void Prompts_of_growing_length_are_answered_in_order_and_read_only_as_places_become_free()
    {
        int read = 0;
        IEnumerable<PictureRequest> Growing()
        {
            for (int i = 0; i < 12; i++)
            {
                read++;
                yield return new PictureRequest(_pictures[i], string.Concat(Enumerable.Repeat("what colour is it ", 1 + 9 * i)));
            }
        }
        var options = Options("greedy");
        var expected = Growing().Select(r => AnswerGenerator.Generate(_model, [r.Picture], [r.Prompt], options)[0][0]).ToList();
        read = 0;
        using var answers = AnswerGenerator.Run(_model, Growing(), options with { BatchSize = 2 }, CancellationToken.None).GetEnumerator();
        for (int i = 0; i < 12; i++)
        {
            Assert.True(answers.MoveNext());
            AssertSame(expected[i], answers.Current[0]);
            Assert.InRange(read, i + 1, i + 12);
            if (i == 0)
                Assert.InRange(read, 1, 10); // 2 side by side, 8 ahead at most, encoded by twos
        }
        Assert.False(answers.MoveNext());
    }
}
