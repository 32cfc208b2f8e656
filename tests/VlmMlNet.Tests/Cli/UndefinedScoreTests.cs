using System.Text.Json;
using VlmMlNet.Cli.Terminal;

namespace VlmMlNet.Tests.Cli;

/// <summary>A score that is not defined is a dash wherever it is written, and null in JSON.</summary>
public sealed class UndefinedScoreTests : CliTest
{
    [Fact]
    public void The_ceiling_of_pictures_with_one_caption_each_is_a_dash_or_null()
    {
        string data = Write("single.json", new { images = new[] { new { id = 1, file_name = Path.GetFileName(Picture(0)) }, new { id = 2, file_name = Path.GetFileName(Picture(1)) } }, annotations = new[] { new { id = 1, image_id = 1, caption = "a red square" }, new { id = 2, image_id = 2, caption = "a blue circle" } } });
        string[] args = ["evaluate", "--model", SavedModel(), "--data", data, "--max-tokens", "3"];
        Assert.Contains("\n  people's ceiling    -\n", Run(args).Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(Run([.. args, "--json"]).Output);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("reference_ceiling_CIDEr").ValueKind);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(null)]
    public void One_text_stands_for_all_that_is_not_defined(double? score)
    {
        Assert.Equal("-", ScoreText.Number(score));
        Assert.Equal("-", ScoreText.Percent(score));
    }

    [Fact]
    public void Defined_scores_are_numbers()
    {
        Assert.Equal("0.500", ScoreText.Number(0.5));
        Assert.Equal("50.0 %", ScoreText.Percent(0.5));
    }
}
