using VlmMlNet.Generation;
using VlmMlNet.Generation.Answers;
using VlmMlNet.Generation.Sampling;
using VlmMlNet.Models;
using VlmMlNet.Text;

namespace VlmMlNet.Tests.Generation;

public sealed class BeamSearchTests
{
    private const int Vocabulary = 5;
    private static readonly int[] s_ends = [4];
    private static readonly int[] s_prompt = [1, 2];
    private static readonly VlmTokenizer s_tokenizer = TinyModel.Tokenizer;

    // Logits depend on all tokens so far; ends become likelier with length.
    private static double[] Logits(int seed, IEnumerable<int> tokens)
    {
        var random = new Random(tokens.Aggregate(seed, (hash, token) => unchecked(hash * 31 + token + 1)));
        return [.. Enumerable.Range(0, Vocabulary).Select(i => (double)(float)(4 * random.NextDouble() + (i == 4 ? 0.2 * tokens.Count() : 0)))];
    }

    private static IReadOnlyList<GeneratedAnswer> Search(int seed, GenerationOptions options) => Search(options, tokens => Logits(seed, tokens));

    private static IReadOnlyList<GeneratedAnswer> Search(GenerationOptions options, Func<IEnumerable<int>, double[]> logits)
    {
        options.Check();
        using var session = new TableSession(options.NumBeams, logits);
        session.Append(0, s_prompt);
        var chooser = new TokenChooser(options, Vocabulary, s_ends);
        var search = new BeamSearch(options, chooser, new AnswerText(s_tokenizer, new StopSequences(options.StopSequences)), s_prompt,
            [.. Enumerable.Range(0, options.NumBeams)], new int[Vocabulary]);
        int[] slots = new int[options.NumBeams], tokens = new int[options.NumBeams];
        while (search.Choose(session))
        {
            int count = search.Pending(slots, tokens);
            session.Step(slots.AsSpan(0, count), tokens.AsSpan(0, count));
        }
        return search.Answers!;
    }

    private static double[] Scores(int seed, IEnumerable<int> answer, GenerationOptions options)
    {
        double[] scores = ReferenceDecoding.Penalise(ReferenceDecoding.LogSoftmax(Logits(seed, s_prompt.Concat(answer))), s_prompt.Concat(answer), options.RepetitionPenalty);
        if (answer.Count() < options.MinTokens)
            scores[4] = double.NegativeInfinity;
        return scores;
    }

    // Every answer there is, with its score.
    private static IEnumerable<(int[] Tokens, double Score)> All(int seed, GenerationOptions options, int[] begun, double sum)
    {
        double[] scores = Scores(seed, begun, options);
        for (int token = 0; token < Vocabulary; token++)
        {
            if (double.IsNegativeInfinity(scores[token]))
                continue;
            int[] next = [.. begun, token];
            if (token == 4 || next.Length == options.MaxTokens)
                yield return (next, (sum + scores[token]) / Math.Pow(next.Length, options.LengthPenalty));
            else
                foreach (var answer in All(seed, options, next, sum + scores[token]))
                    yield return answer;
        }
    }

    [Fact]
    public void Of_equally_likely_continuations_those_of_the_first_beam_and_the_lowest_tokens_go_on()
    {
        var options = new GenerationOptions { NumBeams = 2, NumAnswers = 2, MaxTokens = 3 };
        var answers = Search(options, _ => [0, 0, 0, 0, -50]);
        Assert.Equal([[0, 0, 0], [0, 0, 1]], answers.Select(a => a.TokenIds));
    }

    [Theory]
    [InlineData(1.0, 1.0, 0)]
    [InlineData(0.0, 1.0, 0)]
    [InlineData(2.0, 1.2, 2)]
    public void With_a_beam_for_every_beginning_the_best_answers_of_all_are_found(double lengthPenalty, double repetitionPenalty, int minTokens)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var options = new GenerationOptions { NumBeams = 130, MaxTokens = 4, LengthPenalty = lengthPenalty, RepetitionPenalty = repetitionPenalty, MinTokens = minTokens, NumAnswers = 5 };
            var expected = All(seed, options, [], 0).OrderByDescending(a => a.Score).Take(5).ToList();
            var found = Search(seed, options);
            for (int i = 0; i < 5; i++)
            {
                Assert.Equal(expected[i].Tokens, found[i].TokenIds);
                Assert.Equal(expected[i].Score, found[i].Score!.Value, 1e-4);
                Assert.Equal(expected[i].Tokens[^1] == 4 ? FinishReason.Stop : FinishReason.Length, found[i].FinishReason);
            }
        }
    }

    // The search as Hugging Face's documentation and code describe it, without slots, caches or partial sorting.
    private static List<(int[] Tokens, double Score)> Reference(int seed, GenerationOptions options)
    {
        var complete = new List<(int[] Tokens, double Score)>();
        var beams = new List<(int[] Tokens, double Sum)> { ([], 0) };
        void Add(int[] tokens, double sum)
        {
            complete.Add((tokens, sum / Math.Pow(tokens.Length, options.LengthPenalty)));
            complete = [.. complete.OrderByDescending(c => c.Score).Take(options.NumBeams)];
        }
        for (int length = 1; ; length++)
        {
            var candidates = beams.SelectMany(b => Scores(seed, b.Tokens, options).Select((s, token) => (Tokens: (int[])[.. b.Tokens, token], Sum: b.Sum + s)))
                .OrderByDescending(c => c.Sum).Take(2 * options.NumBeams).ToList();
            var next = new List<(int[] Tokens, double Sum)>();
            for (int rank = 0; rank < candidates.Count && next.Count < options.NumBeams; rank++)
            {
                if (candidates[rank].Tokens[^1] != 4)
                    next.Add(candidates[rank]);
                else if (rank < options.NumBeams)
                    Add(candidates[rank].Tokens, candidates[rank].Sum);
            }
            beams = next;
            if (complete.Count == options.NumBeams && (options.EarlyStopping || complete[^1].Score >= candidates[0].Sum / Math.Pow(length, options.LengthPenalty)))
                return complete;
            if (length == options.MaxTokens)
            {
                beams.ForEach(b => Add(b.Tokens, b.Sum));
                return complete;
            }
        }
    }

    [Theory]
    [InlineData(2, 1.0, false, 1.0)]
    [InlineData(3, 0.3, true, 1.0)]
    [InlineData(4, -0.5, false, 1.3)]
    [InlineData(4, 2.0, false, 0.9)]
    public void Narrow_searches_follow_the_plain_algorithm(int beams, double lengthPenalty, bool earlyStopping, double repetitionPenalty)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var options = new GenerationOptions { NumBeams = beams, MaxTokens = 9, LengthPenalty = lengthPenalty, EarlyStopping = earlyStopping, RepetitionPenalty = repetitionPenalty, NumAnswers = beams, LogProbabilities = true };
            var expected = Reference(seed, options);
            var found = Search(seed, options);
            Assert.Equal(expected.Count, found.Count);
            for (int i = 0; i < expected.Count; i++)
            {
                Assert.Equal(expected[i].Tokens, found[i].TokenIds);
                Assert.Equal(expected[i].Score, found[i].Score!.Value, 1e-4);
                double sum = Enumerable.Range(0, found[i].TokenCount).Sum(t => ReferenceDecoding.LogSoftmax(Logits(seed, s_prompt.Concat(found[i].TokenIds.Take(t))))[found[i].TokenIds[t]]);
                Assert.Equal(sum, found[i].LogProbability!.Value, 1e-4);
            }
        }
    }

    [Fact]
    public void A_stop_sequence_completes_an_answer()
    {
        string one = s_tokenizer.Decode([0]);
        var options = new GenerationOptions { NumBeams = 3, MaxTokens = 6, StopSequences = [one + one], NumAnswers = 3 };
        int stopped = 0;
        for (int seed = 0; seed < 40; seed++)
            foreach (var answer in Search(seed, options))
            {
                int[] ids = [.. answer.TokenIds];
                bool stops = ids is [.., 0, 0];
                Assert.Equal(stops || ids[^1] == 4 ? FinishReason.Stop : FinishReason.Length, answer.FinishReason);
                Assert.Equal(-1, ids.AsSpan(0, ids.Length - 1).IndexOf([0, 0]));
                Assert.DoesNotContain(one + one, answer.Text, StringComparison.Ordinal);
                stopped += stops ? 1 : 0;
            }
        Assert.True(stopped > 5);
    }

    /// <summary>A session whose logits are a function of the tokens.</summary>
    private sealed class TableSession(int slots, Func<IEnumerable<int>, double[]> logits) : DecodingSession
    {
        private readonly List<int>[] _tokens = [.. Enumerable.Range(0, slots).Select(_ => new List<int>())];

        public override int Slots => _tokens.Length;

        public override int Capacity => 100;

        public override int VocabSize => Vocabulary;

        public override int Length(int slot) => _tokens[slot].Count;

        public override void Append(int slot, ReadOnlySpan<int> tokenIds, TorchSharp.torch.Tensor? visualTokens = null, AttentionMaskKind kind = AttentionMaskKind.Hybrid) => _tokens[slot].AddRange(tokenIds.ToArray());

        public override void Step(ReadOnlySpan<int> slots, ReadOnlySpan<int> tokens)
        {
            for (int i = 0; i < slots.Length; i++)
                _tokens[slots[i]].Add(tokens[i]);
        }

        public override Span<float> Logits(int slot) => logits(_tokens[slot]).Select(l => (float)l).ToArray();

        public override int MostLikely(int slot) => Logits(slot).ToArray().Index().MaxBy(l => l.Item).Index;

        public override void Copy(int from, int to) => _tokens[to] = [.. _tokens[from]];

        public override void Truncate(int slot, int length) => _tokens[slot].RemoveRange(length, _tokens[slot].Count - length);

        protected override void Dispose(bool disposing)
        {
        }
    }
}
