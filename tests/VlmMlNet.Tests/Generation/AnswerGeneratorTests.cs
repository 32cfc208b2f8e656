using VlmMlNet.Generation;
using VlmMlNet.Imaging;
using VlmMlNet.Models;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Generation;

public sealed class AnswerGeneratorTests : IDisposable
{
    private readonly VisionLanguageModel _model = SharpModel.Create();
    private readonly RgbImage[] _pictures = SharpModel.Pictures(12);
    private readonly string[] _prompts = [.. Enumerable.Range(0, 12).Select(i => SharpModel.Prompts[i % SharpModel.Prompts.Length])];

    public void Dispose() => _model.Dispose();

    public static TheoryData<string> Ways => new("greedy", "penalty", "drawn", "top", "beams", "stops", "least");

    private static GenerationOptions Options(string way)
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

    private static void AssertSame(GeneratedAnswer expected, GeneratedAnswer actual)
    {
        Assert.Equal(expected.TokenIds, actual.TokenIds);
        Assert.Equal(expected.Text, actual.Text);
        Assert.Equal(expected.FinishReason, actual.FinishReason);
        Assert.Equal(expected.TokenLogProbabilities, actual.TokenLogProbabilities);
        Assert.Equal(expected.Score, actual.Score);
    }

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
