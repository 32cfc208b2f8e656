using VlmMlNet.Cli;

namespace VlmMlNet.Tests.Cli;

/// <summary>Options that name the columns of data.</summary>
public sealed class ColumnOptionTests : CliTest
{
    [Fact]
    public void Data_is_shown_and_validated_by_the_names_that_are_given()
    {
        string path = InFolder("a.csv");
        File.WriteAllText(path, "foto,satz\na.png,a red kite\n");
        var (code, output, _) = Run("validate", path, "--image-column", "foto", "--caption-column", "satz", "--pictures", "none");
        Assert.Equal(VlmCommand.Ok, code);
        Assert.Contains("CaptionCsv", output, StringComparison.Ordinal);
        (code, output, _) = Run("validate", path, "--pictures", "none");
        Assert.Equal(VlmCommand.Failed, code);
        Assert.Contains("--image-column with --caption-column", output, StringComparison.Ordinal);
        File.Copy(Picture(0), InFolder("a.png"));
        Assert.Contains("a red kite", Run("data", "show", path, "--image-column", "foto", "--caption-column", "satz").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data", "show")]
    [InlineData("evaluate", "--model", "m", "--data")]
    [InlineData("bench", "quality", "--model", "m", "--data")]
    [InlineData("train", "--config", "tiny", "--out", "o", "--data")]
    public void A_name_that_is_not_there_is_an_error_in_the_command_lines_words(params string[] command)
    {
        string path = InFolder("a.json");
        File.WriteAllText(path, """[{"image": "a.png", "title": "x"}]""");
        var (code, _, error) = Run([.. command.Select(word => word == "m" ? SavedModel() : word == "o" ? InFolder("o") : word), path, "--caption-column", "titles"]);
        Assert.Equal(VlmCommand.Failed, code);
        Assert.Contains("it has no column 'titles', which --caption-column names. Did you mean 'title'? Its columns are 'image', 'title'.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_the_format_does_not_have_is_an_error()
    {
        string path = InFolder("a.json");
        File.WriteAllText(path, """{"images": [{"id": 1, "file_name": "a"}], "annotations": []}""");
        var (code, _, error) = Run("data", "show", path, "--question-column", "q");
        Assert.Equal(VlmCommand.Failed, code);
        Assert.Contains("--question-column names column 'q', but CocoCaptions has no such column to name", error, StringComparison.Ordinal);
    }
}
