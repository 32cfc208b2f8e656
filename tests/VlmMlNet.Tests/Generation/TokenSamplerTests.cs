using VlmMlNet.Generation;
using VlmMlNet.Generation.Sampling;

namespace VlmMlNet.Tests.Generation;

public sealed class TokenSamplerTests
{
    private static float[] Logits(int count, int seed, double spread)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(spread * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5)))];
    }

    [Theory]
    [InlineData(1.0, null, 1.0)]
    [InlineData(0.7, 5, 1.0)]
    [InlineData(0.7, null, 0.9)]
    [InlineData(1.5, 40, 0.8)]
    [InlineData(2.0, null, 0.05)]
    [InlineData(0.2, 1, 0.5)]
    [InlineData(5.0, null, 0.999)]
    public void Drawn_tokens_are_those_of_the_plain_definition(double temperature, int? topK, double topP)
    {
        foreach (int vocabulary in new[] { 3, 16, 100, 1000 })
        {
            var sampler = new TokenSampler(new GenerationOptions { Temperature = temperature, TopK = topK, TopP = topP }, vocabulary);
            for (int seed = 0; seed < 8; seed++)
            {
                float[] logits = Logits(vocabulary, seed, 6);
                double[] expected = ReferenceDecoding.Probabilities([.. logits.Select(l => (double)l)], temperature, topK, topP);
                for (int i = 0; i < 20; i++)
                {
                    double random = (i + 0.37) / 20;
                    Assert.Equal(ReferenceDecoding.Draw(expected, random), sampler.Draw([.. logits], random));
                }
            }
        }
    }

    [Fact]
    public void Equally_likely_tokens_are_all_kept_by_top_k_and_the_first_by_top_p()
    {
        float[] logits = [0, 2, 2, 1, 2, 1];
        HashSet<int> Drawn(int? topK, double topP)
        {
            var sampler = new TokenSampler(new GenerationOptions { Temperature = 1, TopK = topK, TopP = topP }, logits.Length);
            return [.. Enumerable.Range(0, 200).Select(i => sampler.Draw([.. logits], i / 200.0))];
        }
        Assert.Equal([1, 2, 4], Drawn(2, 1).Order());
        Assert.Equal([1, 2, 3, 4, 5], Drawn(4, 1).Order());
        Assert.Equal([1], Drawn(null, 0.2).Order());
        Assert.Equal([1, 2], Drawn(null, 0.4).Order());
    }

    [Fact]
    public void A_nucleus_ends_where_its_sum_is_reached_exactly_in_whatever_order_its_weights_come()
    {
        float[] weights = [0.5f, 0.25f, 0.125f, 0.0625f, 0.0625f]; // sums of them are exact
        foreach (float[] order in Orders(weights))
        {
            Assert.Equal(new Nucleus(0.5f, 1), Nucleus.Find([.. order], 0.5));
            Assert.Equal(new Nucleus(0.25f, 1), Nucleus.Find([.. order], 0.75));
            Assert.Equal(new Nucleus(0.125f, 1), Nucleus.Find([.. order], 0.875));
            Assert.Equal(new Nucleus(0.0625f, 1), Nucleus.Find([.. order], 0.9375));
            Assert.Equal(new Nucleus(0.0625f, 2), Nucleus.Find([.. order], 1));
            Assert.Equal(new Nucleus(0.25f, 1), Nucleus.Find([.. order], 0.5000001));
        }

        static IEnumerable<float[]> Orders(float[] rest) =>
            rest.Length == 0 ? [[]] : rest.SelectMany((first, i) => Orders([.. rest[..i], .. rest[(i + 1)..]]).Select(others => (float[])[first, .. others]));
    }

    [Fact]
    public void Frequencies_follow_the_probabilities()
    {
        float[] logits = Logits(50, 1, 3);
        double[] expected = ReferenceDecoding.Probabilities([.. logits.Select(l => (double)l)], 0.8, 20, 0.95);
        var sampler = new TokenSampler(new GenerationOptions { Temperature = 0.8, TopK = 20, TopP = 0.95 }, logits.Length);
        var counts = new int[logits.Length];
        var random = new RandomStream(1, 2, 3);
        const int Draws = 40_000;
        for (int i = 0; i < Draws; i++)
            counts[sampler.Draw([.. logits], random.Next())]++;
        for (int id = 0; id < counts.Length; id++)
            Assert.InRange(counts[id], Draws * expected[id] - 5 * Math.Sqrt(Draws * expected[id]), Draws * expected[id] + 5 * Math.Sqrt(Draws * expected[id]));
    }

    [Fact]
    public void A_temperature_near_0_takes_the_most_likely_and_damaged_logits_are_told()
    {
        var sampler = new TokenSampler(new GenerationOptions { Temperature = 1e-300 }, 4);
        Assert.Equal(2, sampler.Draw([1, 2, 3, 2.99f], 0.999999));
        Assert.Contains("weights are damaged", Assert.Throws<InvalidOperationException>(() => sampler.Draw([1, float.NaN, 0, 0], 0.5)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public void The_kth_largest_value_is_found_among_many_equal_ones(int k)
    {
        var random = new Random(k);
        float[] values = [.. Enumerable.Range(0, 1001).Select(_ => (float)random.Next(60))];
        float least = LargestValues.Kth(values, new float[k]);
        Assert.Equal(values.OrderDescending().ElementAt(k - 1), least);
        var places = new int[values.Length];
        int count = LargestValues.AtLeast(values, least, places);
        Assert.Equal(Enumerable.Range(0, values.Length).Where(i => values[i] >= least), places[..count]);
    }

    [Fact]
    public void Log_sum_exp_is_exact_to_float_precision_and_keeps_what_is_infinite()
    {
        float[] logits = Logits(5003, 3, 30);
        double largest = logits.Max(), expected = largest + Math.Log(logits.Sum(l => Math.Exp(l - largest)));
        Assert.Equal(expected, LogSumExp.Of(logits), 1e-5);
        logits[17] = float.NegativeInfinity;
        Assert.True(double.IsFinite(LogSumExp.Of(logits)));
        Assert.True(double.IsNaN(LogSumExp.Of([1, float.NaN])));
    }

    [Fact]
    public void Random_streams_differ_by_seed_row_and_answer_and_repeat()
    {
        double First(int seed, long row, int answer) => new RandomStream(seed, row, answer).Next();
        Assert.Equal(First(1, 2, 3), First(1, 2, 3));
        Assert.Equal(27, (from s in Enumerable.Range(0, 3) from r in Enumerable.Range(0, 3) from a in Enumerable.Range(0, 3) select First(s, r, a)).Distinct().Count());
        var stream = new RandomStream(5, 0, 0);
        double[] numbers = [.. Enumerable.Range(0, 10_000).Select(_ => stream.Next())];
        Assert.All(numbers, n => Assert.InRange(n, 0, 0.9999999999999999));
        Assert.Equal(0.5, numbers.Average(), 0.02);
    }
}
