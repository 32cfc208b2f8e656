using System.Globalization;

namespace VlmMlNet.Tests.Cli;

public sealed class NumberOptionTests : CliTest
{
    public static TheoryData<string> WholeOptions => ["--max-tokens", "--min-tokens", "--top-k", "--seed", "--beams", "--answers", "--threads"];

    public static TheoryData<string> RealOptions => ["--temperature", "--top-p", "--repetition-penalty", "--length-penalty"];

    [Theory]
    [MemberData(nameof(RealOptions))]
    public void A_number_is_written_with_a_point_and_nothing_else(string option)
    {
        foreach (string wrong in (string[])["0,5", "1,000", "1,000.5", "NaN", "∞", "Infinity", "0x1", " 0.5", "0.5 ", "", " ", "half", "1_0", "5%", "(1)"])
            AssertRefused(option, wrong, $"{option} '{wrong}' is no number: write it with a point and without separators, such as 0.5.");
    }

    [Theory]
    [MemberData(nameof(WholeOptions))]
    public void A_whole_number_is_written_with_digits_alone(string option)
    {
        foreach (string wrong in (string[])["0,5", "1,000", "1.0", "1e3", "NaN", "∞", "0x10", " 4", "4 ", "", "four", "1_0"])
            AssertRefused(option, wrong, $"{option} '{wrong}' is no whole number: write digits alone, such as 64.");
    }

    [Theory]
    [InlineData("--temperature", "1e400", "it must be at most 1000000")]
    [InlineData("--temperature", "-0.1", "it must not be negative")]
    [InlineData("--top-p", "1.0001", "it must be at most 1")]
    [InlineData("--top-p", "1e-400", "it must be positive")]
    [InlineData("--repetition-penalty", "0", "it must be at least 0.001")]
    [InlineData("--repetition-penalty", "1e9", "it must be at most 1000")]
    [InlineData("--length-penalty", "-101", "it must be at least -100")]
    [InlineData("--max-tokens", "1000000000", "it must be at most 1048576")]
    [InlineData("--max-tokens", "99999999999999999999", "it must be at most 1048576")]
    [InlineData("--beams", "1001", "it must be at most 1000")]
    [InlineData("--answers", "1001", "it must be at most 1000")]
    [InlineData("--top-k", "1000001", "it must be at most 1000000")]
    [InlineData("--top-k", "-1", "it must be positive")]
    [InlineData("--seed", "2147483648", "it must be at most 2147483647")]
    public void A_number_out_of_range_is_told_the_range(string option, string value, string range) => AssertRefused(option, value, $"{option} is {value}; {range}.");

    [Fact]
    public void More_threads_than_any_processor_has_are_refused() =>
        Assert.Matches(@"^error: --threads is 1000000; it must be at most \d+\. See 'vlm caption --help'\.\n$", Run("caption", "a.png", "--model", "m", "--threads", "1000000").Error);

    [Theory]
    [InlineData("evaluate --model m --data d --batch-size 1001", "--batch-size is 1001; it must be at most 1000.")]
    [InlineData("evaluate --model m --data d --limit 1.5", "--limit '1.5' is no whole number: write digits alone, such as 64.")]
    [InlineData("train --data d --config tiny --out o --minutes 0,5", "--minutes '0,5' is no number: write it with a point and without separators, such as 0.5.")]
    [InlineData("train --data d --config tiny --out o --minutes 1e-9", "--minutes is 1e-9; it must be at least 0.001.")]
    [InlineData("train --data d --config tiny --out o --minutes 1e300", "--minutes is 1e300; it must be at most 5256000.")]
    [InlineData("train --data d --config tiny --out o --seed 0.5", "--seed '0.5' is no whole number: write digits alone, such as 64.")]
    [InlineData("quickstart --scenes 1,000", "--scenes '1,000' is no whole number: write digits alone, such as 64.")]
    [InlineData("validate d --list ten", "--list 'ten' is no whole number: write digits alone, such as 64.")]
    public void Numbers_of_other_commands_are_held_to_the_same_rules(string commandLine, string message)
    {
        string[] args = commandLine.Split(' ');
        var (code, _, error) = Run(args);
        Assert.Equal(2, code);
        AssertOneLine($"{message} See 'vlm {args[0]} --help'.", error);
    }

    [Fact]
    public void A_point_is_a_point_whatever_the_computers_language()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (german.NumberFormat.NumberDecimalSeparator, german.NumberFormat.NumberGroupSeparator) = (",", ".");
            CultureInfo.CurrentCulture = german;
            AssertRefused("--temperature", "0,5", "--temperature '0,5' is no number: write it with a point and without separators, such as 0.5.");
            Assert.Contains("There is no picture", Run("caption", InFolder("none.png"), "--model", "m", "--temperature", "0.5", "--top-p", "0.9").Error, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private void AssertRefused(string option, string value, string message)
    {
        var (code, output, error) = Run("caption", "a.png", "--model", "m", option, value);
        Assert.Equal((2, ""), (code, output));
        AssertOneLine($"{message} See 'vlm caption --help'.", error);
    }
}
