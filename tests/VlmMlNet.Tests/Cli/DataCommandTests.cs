namespace VlmMlNet.Tests.Cli;

public sealed class DataCommandTests : CliTest
{
    [Fact]
    public void A_table_says_what_the_model_learns_to_say()
    {
        var (code, output, error) = Run("data", "show", LlavaFile(3), "--model", SavedModel(), "--rows", "2");
        Assert.Equal((0, ""), (code, error));
        string[] lines = output.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Matches("^example +picture +tokens +scored +learns to say$", lines[0]);
        Assert.Matches(@"^row 0 \(id 0\)  24x24 +\d+ +\d+  red$", lines[1]);
        Assert.Matches(@"^row 1 \(id 1\)  24x24 +\d+ +\d+  green$", lines[2]);
    }

    [Fact]
    public void A_contact_sheet_shows_pictures_tokens_and_masks_by_themselves()
    {
        string sheet = Path.Combine(Folder, "new", "sheet.html");
        string data = LlavaFile(3);
        File.WriteAllText(data, File.ReadAllText(data).Replace("What colour is it?", "Is it <b>red</b> & fine?", StringComparison.Ordinal));
        File.Delete(InFolder("2.png"));
        var (code, output, error) = Run("data", "show", data, "--stage", "0", "--out", sheet);
        Assert.Equal(0, code);
        Assert.Contains("PROBLEM: ", output, StringComparison.Ordinal);
        Assert.Contains("(no model is given", output, StringComparison.Ordinal);
        Assert.Contains($"contact sheet: {sheet}", error, StringComparison.Ordinal);
        string html = File.ReadAllText(sheet);
        Assert.Equal([sheet], Directory.GetFiles(Path.GetDirectoryName(sheet)!));
        Assert.Equal(3, Count("<h2>row "));
        Assert.Equal(2 + 3, Count("src=\"data:image/png;base64,")); // pictures that can be decoded, and masks
        Assert.Equal(1, Count("not decodable"));
        Assert.Contains("stage 0: bidirectional alignment, under the bidirectional mask", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http", html, StringComparison.Ordinal);

        int Count(string what) => html.Split(what).Length - 1;
    }

    [Fact]
    public void Rows_can_come_from_anywhere_and_captions_all_be_shown()
    {
        string data = CocoFile(6);
        Assert.Equal(5, Run("data", "show", data, "--rows", "2", "--all-captions").Output.Split('\n').Count(line => line.StartsWith("row ", StringComparison.Ordinal) || line.StartsWith("example", StringComparison.Ordinal)));
        string one = Run("data", "show", data, "--rows", "3", "--shuffle", "5").Output;
        Assert.Equal(one, Run("data", "show", data, "--rows", "3", "--shuffle", "5").Output);
        Assert.NotEqual(one, Run("data", "show", data, "--rows", "3").Output);
    }

    [Fact]
    public void Bad_rows_are_an_error_or_are_listed()
    {
        string data = LlavaFile(3);
        File.WriteAllText(data, File.ReadAllText(data).Replace("\"gpt\",\"value\":\"green\"", "\"gpt\"", StringComparison.Ordinal));
        Assert.Equal(1, Run("data", "show", data).Code);
        var (code, output, error) = Run("data", "show", data, "--bad-rows", "skip");
        Assert.Equal(0, code);
        Assert.Contains("row 1 (id 2)", output, StringComparison.Ordinal);
        Assert.StartsWith("1 bad row was left out:\n", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train", "--config", "tiny", "--out", "o", "--data")]
    [InlineData("data", "show")]
    [InlineData("evaluate", "--model", "MODEL", "--data")]
    [InlineData("bench", "quality", "--model", "MODEL", "--data")]
    public void Pictures_without_captions_are_an_error_that_says_what_to_give(params string[] command)
    {
        string folder = Path.GetDirectoryName(Picture(0))!;
        var (code, _, error) = Run([.. command.Select(word => word == "MODEL" ? SavedModel() : word), folder]);
        Assert.NotEqual(0, code);
        Assert.Contains($"{folder}: its pictures have no captions. Give a file that lists pictures with captions, questions or conversations, or put a text beside each picture (a.txt beside a.jpg)", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sheet.png", true)]
    [InlineData("sheet.JSON", true)]
    [InlineData("sheet.htm", false)]
    [InlineData("sheet", false)]
    public void A_sheet_is_not_written_under_the_name_of_something_else(string name, bool isRefused)
    {
        var (code, _, error) = Run("data", "show", CocoFile(1), "--out", InFolder(name));
        Assert.Equal((isRefused ? 2 : 0, !isRefused), (code, File.Exists(InFolder(name))));
        if (isRefused)
            AssertOneLine($"--out {InFolder(name)}: HTML is written, whatever the name says. Give a name that ends in .html.", error);
    }
}
