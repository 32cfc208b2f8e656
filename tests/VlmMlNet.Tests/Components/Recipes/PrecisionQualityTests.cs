using VlmMlNet.Components.Recipes;
using VlmMlNet.Evaluation;

namespace VlmMlNet.Tests.Components.Recipes;

public sealed class PrecisionQualityTests
{
    [Theory]
    [InlineData(WeightPrecision.BFloat16, 0.9901, true)]
    [InlineData(WeightPrecision.BFloat16, 0.9899, false)]
    [InlineData(WeightPrecision.Int8, 0.9901, true)]
    [InlineData(WeightPrecision.Int8, 0.9899, false)]
    [InlineData(WeightPrecision.Int4, 0.9701, true)]
    [InlineData(WeightPrecision.Int4, 0.9699, false)]
    [InlineData(WeightPrecision.Int4, 1.2, true)]
    public void A_precision_is_supported_while_it_loses_no_more_than_it_may(WeightPrecision precision, double kept, bool isSupported)
    {
        var quality = Quality(precision, 1.5 * kept, 1.5, new(kept - 1.001, kept - 0.999));
        Assert.Equal(isSupported, quality.IsSupported);
        Assert.Equal(isSupported, quality.Refusal("CIDEr") is null);
        Assert.Equal(kept - 1, quality.RelativeChange, 1e-9);
    }

    [Fact]
    public void A_refusal_says_what_is_lost_and_whether_it_may_be_chance()
    {
        Assert.Equal("int8 is not supported: CIDEr falls by 10.0 %, from 2.000 to 1.800; at most 1 % may be lost.",
            Quality(WeightPrecision.Int8, 1.8, 2, new(-0.12, -0.08)).Refusal("CIDEr"));
        Assert.EndsWith("at most 3 % may be lost. Chance may explain it: more rows say more.",
            Quality(WeightPrecision.Int4, 1.8, 2, new(-0.22, 0.02)).Refusal("CIDEr"), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_shown_where_the_whole_model_scores_nothing()
    {
        var quality = Quality(WeightPrecision.Int8, 0, 0, new(double.NaN, double.NaN));
        Assert.False(quality.IsSupported);
        Assert.Equal("nothing can be said of int8: the model's CIDEr in float32 is 0 on this data.", quality.Refusal("CIDEr"));
    }

    [Fact]
    public void Divergence_is_the_expected_difference_of_log_probabilities()
    {
        float log3 = MathF.Log(3);
        Assert.Equal(0.25 * Math.Log(0.5) + 0.75 * Math.Log(1.5), Divergence.KullbackLeibler([100, 100 + log3], [7, 7]), 1e-5);
        Assert.Equal(0, Divergence.KullbackLeibler([1, -2, 3], [11, 8, 13]), 1e-6);
        Assert.True(double.IsFinite(Divergence.KullbackLeibler([0, -500, float.NegativeInfinity], [0, -600, -1000])));
    }

    private static PrecisionQuality Quality(WeightPrecision precision, double score, double reference, ConfidenceInterval interval) => new(precision)
    {
        TokenAgreement = 1,
        MeanDivergence = 0,
        MeanAgreeingPrefix = 3,
        SameAnswers = 1,
        Score = score,
        ReferenceScore = reference,
        RelativeChangeInterval = interval,
    };
}
