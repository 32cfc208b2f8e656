using VlmMlNet.Evaluation;

namespace VlmMlNet.Tests.Evaluation;

/// <summary>Intervals of bootstrapped scores.</summary>
public class ConfidenceIntervalTests
{
    [Theory]
    [InlineData(101, 0.9, 5, 95)]
    [InlineData(101, 0.5, 25, 75)]
    [InlineData(11, 0.95, 0.25, 9.75)] // between two scores
    [InlineData(1, 0.95, 0, 0)]
    public void Its_ends_are_the_quantiles_that_NumPy_gives(int count, double level, double lower, double upper)
    {
        double[] scores = [.. Enumerable.Range(0, count).Select(i => (double)(count - 1 - i))];
        var interval = ConfidenceInterval.Of(scores, level);
        Assert.Equal(lower, interval.Lower, 1e-9);
        Assert.Equal(upper, interval.Upper, 1e-9);
    }
}
