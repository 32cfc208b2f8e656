namespace VlmMlNet.Tests.Cli;

public sealed class CaptionManyTests : CliTest
{
    private string Bad(string name = "bad.png")
    {
        File.WriteAllText(InFolder(name), "<html>not found</html>");
        return InFolder(name);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_picture_that_cannot_be_read_costs_no_other_and_is_named_at_the_end(bool streams)
    {
        string model = SavedModel(), missing = InFolder("none.png"), bad = Bad();
        string[] command = ["--model", model, "--max-tokens", "5", .. streams ? ["--stream"] : Array.Empty<string>()];
        string expected = Run(["caption", Picture(0), Picture(1), .. command]).Output;
        var (code, output, error) = Run(["caption", Picture(0), bad, missing, Picture(1), .. command]);
        Assert.Equal((1, expected), (code, output));
        string[] lines = error.TrimEnd('\n').Split('\n');
        Assert.Equal("error: 2 of 4 pictures could not be read:", lines[0]);
        Assert.StartsWith($"  {bad}: ", lines[1], StringComparison.Ordinal);
        Assert.Equal([$"  There is no picture {missing}."], lines[2..]);
    }

    [Fact]
    public void Captions_are_written_as_they_come()
    {
        string[] paths = [.. Enumerable.Range(0, 30).Select(Picture)];
        using var cancelled = new CancellationTokenSource();
        using StringWriter error = new();
        using var output = new StoppingWriter(cancelled);
        int code = VlmMlNet.Cli.VlmCommand.Run(["caption", .. paths, "--model", SavedModel(), "--max-tokens", "5"], output, error, cancelled.Token);
        Assert.Equal(130, code);
        // Others may be complete by then, but no more than are made side by side.
        Assert.InRange(output.ToString().TrimEnd('\n').Split('\n').Length, 1, 16);
    }

    [Fact]
    public void A_folder_stands_for_its_pictures()
    {
        string folder = InFolder("photos");
        Directory.CreateDirectory(folder);
        for (int i = 0; i < 3; i++)
            File.Copy(Picture(i), Path.Combine(folder, $"{i}.png"));
        string model = SavedModel();
        string[] paths = [.. Enumerable.Range(0, 3).Select(i => Path.Combine(folder, $"{i}.png"))];
        var named = Run(["caption", .. paths, "--model", model, "--max-tokens", "5"]);
        Assert.Equal(0, named.Code);
        Assert.Equal(named, Run("caption", folder, "--model", model, "--max-tokens", "5"));

        Directory.CreateDirectory(InFolder("empty"));
        var (code, output, error) = Run("caption", InFolder("empty"), folder, "--model", model, "--max-tokens", "5");
        Assert.Equal((1, named.Output), (code, output));
        Assert.Contains($"  {InFolder("empty")}: the folder has no pictures", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_none_of_which_is_there_are_told_before_the_model_is_loaded()
    {
        var (code, output, error) = Run("caption", InFolder("a.png"), InFolder("b.png"), "--model", InFolder("no model"));
        Assert.Equal((1, ""), (code, output));
        AssertOneLine($"There is no picture {InFolder("a.png")}. None of the 2 that are named is there.", error);
    }

    [Fact]
    public void A_folder_is_no_picture_to_ask_about()
    {
        var (code, _, error) = Run("ask", Folder, "what?", "--model", SavedModel());
        Assert.Equal(1, code);
        AssertOneLine($"{Folder} is a folder. Name one picture.", error);
    }

    [Fact]
    public void An_answer_of_several_lines_is_one_line_beside_others()
    {
        using StringWriter output = new(), error = new();
        var answers = new[] { new VlmMlNet.Generation.GeneratedAnswer { Text = "one\r\ntwo", TokenIds = [1], FinishReason = VlmMlNet.Generation.FinishReason.Stop } };
        var shell = new VlmMlNet.Cli.Terminal.Shell(output, error, CancellationToken.None);
        new VlmMlNet.Cli.Terminal.AnswerLines(shell, namesThem: true).Write("a.png", answers);
        new VlmMlNet.Cli.Terminal.AnswerLines(shell, namesThem: false).Write("a.png", answers);
        Assert.Equal("a.png\tone  two\none\r\ntwo\n", output.ToString());
    }

    // Asks to stop at the first line.
    private sealed class StoppingWriter(CancellationTokenSource source) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            source.Cancel();
        }
    }
}
