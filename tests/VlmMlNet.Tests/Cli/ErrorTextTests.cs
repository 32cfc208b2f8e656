using System.Reflection;
using VlmMlNet.Cli.Terminal;

namespace VlmMlNet.Tests.Cli;

public sealed class ErrorTextTests : CliTest
{
    [Theory]
    [InlineData("GenerationOptions: MaxTokens is 5; the model has 3 positions.", "--max-tokens is 5; the model has 3 positions.")]
    [InlineData("MaxTokens.png: this is no image.", "MaxTokens.png: this is no image.")]
    [InlineData("Could not find text column 'Captions' (Parameter 'inputSchema')", "Could not find text column 'Captions'")]
    public void Options_and_parameters_of_the_library_have_the_command_lines_names(string message, string expected) => Assert.Equal(expected, ErrorText.Of(new InvalidOperationException(message)));

    [Fact]
    public void What_was_thrown_is_told_not_what_carried_it()
    {
        var inner = new IOException("the disk is full");
        Assert.Equal("the disk is full", ErrorText.Of(new TargetInvocationException(new AggregateException(inner))));
        Assert.Contains("--batch-size", ErrorText.Of(new InsufficientMemoryException()), StringComparison.Ordinal);
        Assert.Equal("FormatException: x", ErrorText.Of(new FormatException("x")));
    }

    [Fact]
    public void Rows_of_several_pictures_are_refused_in_the_command_lines_words()
    {
        string data = Write("several.json", new[] { new { id = "1", image = new[] { "0.png", "1.png" }, conversations = new[] { new { from = "human", value = "<image><image>?" }, new { from = "gpt", value = "x" } } } });
        string error = Run("data", "show", data).Error;
        Assert.Contains("--bad-rows skip", error, StringComparison.Ordinal);
        Assert.DoesNotContain("LlavaOptions", error, StringComparison.Ordinal);
    }
}
