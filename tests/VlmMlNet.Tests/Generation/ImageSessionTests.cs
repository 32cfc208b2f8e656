using Microsoft.ML;
using TorchSharp;
using VlmMlNet.Generation;
using VlmMlNet.Generation.Answers;
using VlmMlNet.Imaging;
using VlmMlNet.Text;

namespace VlmMlNet.Tests.Generation;

public sealed class ImageSessionTests : IDisposable
{
    private readonly VisionLanguageModel _model = SharpModel.Create();
    private readonly RgbImage _picture = SharpModel.Pictures(3)[2];
    private readonly GenerationOptions _short = new() { MaxTokens = 10, LogProbabilities = true };

    public void Dispose() => _model.Dispose();

    private GeneratedAnswer Alone(string? prompt, GenerationOptions options) =>
        AnswerGenerator.Generate(_model, [_picture], prompt is null ? null : [prompt], options)[0][0];

    [Fact]
    public void Questions_one_after_another_have_the_answers_that_each_has_alone()
    {
        using var session = _model.OpenImage(_picture);
        foreach (string? prompt in new[] { "red", "what colour is it", "what colour is it", "red", null, "what colour is the picture? " + new string('x', 300), "<image>", "blue" })
        {
            var expected = Alone(prompt, _short);
            var found = session.Generate(prompt, _short)[0];
            Assert.Equal(expected.TokenIds, found.TokenIds);
            Assert.Equal(expected.TokenLogProbabilities, found.TokenLogProbabilities);
            Assert.Equal(expected.Text, session.Answer(prompt, _short));
        }
    }

    [Fact]
    public void Only_what_a_prompt_does_not_share_with_the_one_before_is_computed()
    {
        using var session = _model.OpenImage(_picture);
        session.Answer("what colour is it", _short);
        int first = AnswerRequest.Encode(_model.Conversation, "what colour is it").Length, other = AnswerRequest.Encode(_model.Conversation, "what colour is red").Length;
        Assert.Equal(first, session.ComputedTokens);
        session.Answer("what colour is it", _short);
        Assert.Equal(first, session.ComputedTokens);
        session.Answer("what colour is red", _short);
        Assert.InRange(session.ComputedTokens - first, 1, other - _model.ImageTokenCount - 10);
    }

    [Fact]
    public void Every_kind_of_generation_may_follow_any_other()
    {
        GenerationOptions[] kinds =
        [
            _short,
            _short with { NumBeams = 4, NumAnswers = 2 },
            _short with { Temperature = 2, Seed = 3, NumAnswers = 11 },
            _short with { MaxTokens = 90, MinTokens = 80 },
            _short with { RepetitionPenalty = 1.2, StopSequences = ["e"] },
            _short,
        ];
        using var session = _model.OpenImage(_picture);
        foreach (var options in kinds)
            foreach (string prompt in new[] { "red", "blue" })
            {
                var expected = AnswerGenerator.Generate(_model, [_picture], [prompt], options)[0];
                var found = session.Generate(prompt, options);
                Assert.Equal(expected.Select(a => a.Text), found.Select(a => a.Text));
                Assert.Equal(expected.Select(a => a.LogProbability), found.Select(a => a.LogProbability));
            }
    }

    [Fact]
    public void A_conversation_goes_on_from_its_earlier_turns()
    {
        using var session = _model.OpenImage(_picture);
        List<ChatMessage> messages = [new("user", "what colour is it")];
        string answer = session.Generate(messages, _short)[0].Text;
        Assert.Equal(Alone("what colour is it", _short).Text, answer);
        long before = session.ComputedTokens;
        messages.AddRange([new("assistant", answer), new("user", "blue")]);
        var second = session.Generate(messages, _short)[0];
        using var fresh = _model.OpenImage(_picture);
        Assert.Equal(fresh.Generate(messages, _short)[0].TokenIds, second.TokenIds);
        int shared = AnswerRequest.Encode(_model.Conversation, "what colour is it").Length;
        Assert.InRange(session.ComputedTokens - before, 1, fresh.ComputedTokens - shared);
        Assert.Contains("2 <image> placeholders", Assert.Throws<ArgumentException>(() => session.Generate([new("user", "<image><image>")])).Message, StringComparison.Ordinal);
        Assert.Contains("2 <image> placeholders", Assert.Throws<ArgumentException>(() => session.Answer("<image><image>")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Streams_give_what_answers_give_and_one_question_is_answered_at_a_time()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var session = _model.OpenImage(_picture);
        foreach (string prompt in new[] { "red", "blue" })
        {
            string streamed = "";
            await foreach (string piece in session.StreamAsync(prompt, _short, cancellation))
            {
                streamed += piece;
                Assert.Contains("one at a time", Assert.Throws<InvalidOperationException>(() => session.Answer(prompt)).Message, StringComparison.Ordinal);
            }
            Assert.Equal(Alone(prompt, _short).Text, streamed);
        }
        await foreach (string _ in session.StreamAsync("red", _short, cancellation))
            break; // given up
        Assert.Equal(Alone("blue", _short).Text, session.Answer("blue", _short, cancellation));
    }

    [Fact]
    public void A_session_outlives_its_model_and_is_over_when_disposed()
    {
        var model = SharpModel.Create(5);
        string expected = AnswerGenerator.Answer(model, [_picture], options: _short)[0];
        var session = model.OpenImage(_picture);
        model.Dispose();
        Assert.Equal(expected, session.Answer(options: _short));
        session.Dispose();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Answer());
        Assert.Throws<ObjectDisposedException>(() => model.OpenImage(_picture));
    }

    [Fact]
    public async Task A_session_that_is_disposed_between_two_pieces_ends_the_stream()
    {
        var session = _model.OpenImage(_picture);
        int pieces = 0;
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            await foreach (string _ in session.StreamAsync("red", new GenerationOptions { MaxTokens = 200, MinTokens = 200 }, TestContext.Current.CancellationToken))
            {
                pieces++;
                session.Dispose();
            }
        });
        Assert.Equal(1, pieces);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_that_is_disposed_while_another_thread_works_ends_that_work_and_is_gone_when_Dispose_returns(bool streams)
    {
        var options = new GenerationOptions { MaxTokens = 400, MinTokens = 400 };
        for (int i = 0; i < 10; i++)
        {
            var session = _model.OpenImage(_picture);
            session.Answer("blue", new GenerationOptions { MaxTokens = 1 });
            using var begun = new ManualResetEventSlim();
            var work = Task.Run(async () =>
            {
                begun.Set();
                while (true) // until it is over, however fast an answer is
                {
                    if (!streams)
                        session.Answer("red", options);
                    else
                        await foreach (string _ in session.StreamAsync("red", options)) { }
                }
            }, TestContext.Current.CancellationToken);
            begun.Wait(TestContext.Current.CancellationToken);
            await Task.Delay(i, TestContext.Current.CancellationToken);
            session.Dispose();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => work);
            Assert.Throws<ObjectDisposedException>(() => session.Answer());
        }
    }

    [Fact]
    public void Sessions_streams_and_batches_keep_the_number_of_live_tensors()
    {
        void Use()
        {
            using (var session = _model.OpenImage(_picture))
            {
                session.Answer("red", _short);
                session.Answer("blue", _short with { NumBeams = 2 });
            }
            AnswerGenerator.Answer(_model, [_picture, _picture, SharpModel.Pictures(1)[0]], options: _short);
            using var given = AnswerGenerator.Run(_model, SharpModel.Pictures(9).Select(p => new PictureRequest(p, "red")), _short with { BatchSize = 3 }, CancellationToken.None).GetEnumerator();
            given.MoveNext(); // the rest is given up
        }
        Use();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 10; i++)
            Use();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_picture_asked_about_several_times_in_a_row_is_encoded_once_and_answered_as_alone()
    {
        var other = SharpModel.Pictures(1)[0];
        RgbImage[] pictures = [_picture, _picture, other, _picture, _picture, _picture, other];
        string[] prompts = ["red", "blue", "red", "red", "what colour is it", "red", "blue"];
        foreach (int batchSize in new[] { 1, 2, 8 })
        {
            var options = _short with { BatchSize = batchSize };
            Assert.Equal(pictures.Zip(prompts, (p, q) => AnswerGenerator.Answer(_model, [p], [q], options)[0]), AnswerGenerator.Answer(_model, pictures, prompts, options));
        }
    }
}
