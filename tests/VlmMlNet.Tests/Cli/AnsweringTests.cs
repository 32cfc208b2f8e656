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
    public void The_prompt_that_captions_were_learned_under_is_the_default()
    {
        string output = InFolder("out");
        var trained = Run("train", "--model", SavedModel(), "--data", CocoFile(2), "--out", output, "--stages", "1", "--prompt", "what colour is it");
        Assert.True(trained.Code == 0, trained.Error);
        string asked = Run("caption", Picture(1), "--model", output, "--prompt", "what colour is it", "--max-tokens", "7").Output;
        Assert.Equal(asked, Run("caption", Picture(1), "--model", output, "--max-tokens", "7").Output);
        Assert.NotEqual(asked, Run("caption", Picture(1), "--model", output, "--prompt", "Describe the image.", "--max-tokens", "7").Output);

        var further = Run("train", "--model", output, "--data", CocoFile(2), "--out", InFolder("further"), "--stages", "1");
        Assert.True(further.Code == 0, further.Error);
        Assert.Equal("what colour is it", VlmMlNet.ModelFolders.FolderSummary.Read(InFolder("further")).CaptionPrompt);

        string answers = InFolder("answers.json");
        Assert.Equal(0, Run("evaluate", "--model", output, "--data", CocoFile(2), "--max-tokens", "2", "--details", answers).Code);
        Assert.Contains("what colour is it", File.ReadAllText(answers), StringComparison.Ordinal);
        var (code, _, error) = Run("caption", Picture(1), "--model", output, "--prompt", " ");
        Assert.Equal(2, code);
        Assert.Contains("--prompt is empty.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_that_is_none_is_named()
    {
        File.WriteAllText(InFolder("text.png"), "not a picture");
        var (code, _, error) = Run("caption", InFolder("text.png"), "--model", SavedModel());
        Assert.Equal(1, code);
        AssertOneLine($"{InFolder("text.png")}: this is not an image of a known format. Supported are PNG, JPEG, WebP, GIF, BMP and ICO.", error);
        File.WriteAllBytes(InFolder("cut.png"), File.ReadAllBytes(Picture(0))[..^30]);
        AssertOneLine($"{InFolder("cut.png")}: the PNG file is cut off: pixels are missing. Replace it with an intact copy, or leave it out.", Run("caption", InFolder("cut.png"), "--model", InFolder("model")).Error);
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
