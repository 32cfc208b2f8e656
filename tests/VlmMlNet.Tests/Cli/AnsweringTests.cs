namespace VlmMlNet.Tests.Cli;

public sealed class AnsweringTests : CliTest
{
    [Fact]
    public void Caption_writes_one_line_for_one_picture_and_paths_for_several()
    {
        string model = SavedModel();
        var (code, one, error) = Run("caption", Picture(0), "--model", model, "--max-tokens", "5");
        Assert.Equal((0, ""), (code, error));
        Assert.Matches("^.+\n$", one);

        // More than are answered side by side.
        string[] paths = [.. Enumerable.Range(0, 10).Select(Picture)];
        (code, string several, error) = Run(["caption", .. paths, "--model", model, "--max-tokens", "5"]);
        Assert.Equal((0, ""), (code, error));
        string[] lines = several.TrimEnd('\n').Split('\n');
        Assert.Equal(paths, lines.Select(l => l.Split('\t')[0]));
        Assert.Equal($"{paths[0]}\t{one}".TrimEnd('\n'), lines[0]);
    }

    [Fact]
    public void The_prompt_changes_what_is_asked()
    {
        string model = SavedModel();
        var asked = Run("ask", Picture(1), "what colour is it", "--model", model, "--max-tokens", "7");
        var captioned = Run("caption", Picture(1), "--prompt", "what colour is it", "--model", model, "--max-tokens", "7");
        Assert.Equal((0, ""), (asked.Code, asked.Error));
        Assert.Equal(asked.Output, captioned.Output);
        Assert.NotEqual(captioned.Output, Run("caption", Picture(1), "--model", model, "--max-tokens", "7").Output);
    }

    [Fact]
    public void A_picture_that_is_none_is_named()
    {
        File.WriteAllText(InFolder("text.png"), "not a picture");
        var (code, _, error) = Run("caption", InFolder("text.png"), "--model", SavedModel());
        Assert.Equal(1, code);
        Assert.StartsWith($"error: {InFolder("text.png")}: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_is_exit_code_130()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var (code, output, error) = Run(cancelled.Token, "caption", Picture(0), "--model", SavedModel());
        Assert.Equal((130, ""), (code, output));
        AssertOneLine("cancelled.", error);
    }
}
