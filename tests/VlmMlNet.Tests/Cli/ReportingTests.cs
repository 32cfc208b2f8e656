using VlmMlNet.Cli.Commands;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Evaluation.Answers;

namespace VlmMlNet.Tests.Cli;

/// <summary>Lists that commands write at their end.</summary>
public sealed class ReportingTests
{
    [Theory]
    [InlineData(1, "1 example was left out:")]
    [InlineData(10, "10 examples were left out:")]
    [InlineData(11, "11 examples were left out, the first 10:")]
    public void What_was_left_out_is_counted_and_the_first_ten_are_listed(int count, string head)
    {
        using StringWriter output = new(), error = new();
        var skipped = new SkippedRows();
        Assert.False(skipped.HasExamples);
        for (int i = 0; i < count; i++)
            skipped.Add($"problem {i}");
        skipped.Report(new Shell(output, error, CancellationToken.None));
        Assert.True(skipped.HasExamples);
        Assert.Equal([head, .. Enumerable.Range(0, Math.Min(10, count)).Select(i => $"  problem {i}")], error.ToString().TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void Kinds_of_questions_come_from_the_commonest_on()
    {
        using var output = new StringWriter();
        string?[] types = ["zoo", "size", "zoo", "size", "zoo", "age"];
        ScoreLines.Write(output, AnswerScorer.Score([.. types.Select(_ => "a")], [.. types.Select(_ => (IReadOnlyList<string>)["a", "b"])], types, types), null);
        string text = output.ToString();
        int[] places = [.. new[] { "  zoo ", "  size ", "  age " }.Select(type => text.IndexOf(type, text.IndexOf("by question type", StringComparison.Ordinal), StringComparison.Ordinal))];
        Assert.Equal(places.Order(), places);
        Assert.DoesNotContain(-1, places);
    }
}
