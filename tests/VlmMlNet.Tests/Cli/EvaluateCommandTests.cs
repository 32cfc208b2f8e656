using System.Text.Json;

namespace VlmMlNet.Tests.Cli;

public sealed class EvaluateCommandTests : CliTest
{
    [Fact]
    public void Captions_are_scored_beside_ceiling_constant_and_nearest_neighbour()
    {
        string data = CocoFile(6), predictions = InFolder("answers.json");
        var (code, output, error) = Run("evaluate", "--model", SavedModel(), "--data", data, "--train", data, "--max-tokens", "4", "--predictions", predictions);
        Assert.Equal(0, code);
        Assert.Contains("answering: 100 %, 6 of 6", error, StringComparison.Ordinal);
        Assert.Matches(@"^pictures +6\n", output);
        foreach (string line in (string[])["CIDEr", "  people's ceiling", "  nearest neighbour", "  constant caption", "BLEU-4", "ROUGE-L"])
            Assert.Matches($@"(?m)^{line} +\d\.\d{{3}}", output);
        // Each picture is its own nearest neighbour, whose first caption is a reference.
        Assert.Contains("ROUGE-L", output, StringComparison.Ordinal);
        Assert.Contains("(nearest neighbour 1.000)", output[output.IndexOf("ROUGE-L", StringComparison.Ordinal)..], StringComparison.Ordinal);

        using var json = JsonDocument.Parse(File.ReadAllBytes(predictions));
        Assert.Equal(6, json.RootElement.GetArrayLength());
        Assert.Equal("a red picture", json.RootElement[0].GetProperty("References")[0].GetString());
        Assert.Equal(Picture(0), json.RootElement[0].GetProperty("Image").GetString());
    }

    [Fact]
    public void Only_the_first_rows_are_looked_at_when_asked()
    {
        var (code, output, _) = Run("evaluate", "--model", SavedModel(), "--data", CocoFile(6), "--limit", "4", "--max-tokens", "2");
        Assert.Equal(0, code);
        Assert.Matches(@"^pictures +4\n", output);
        Assert.DoesNotContain("nearest neighbour", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Questions_are_scored_beside_the_majority_answer()
    {
        var (code, output, _) = Run("evaluate", "--model", SavedModel(), "--data", LlavaFile(4), "--max-tokens", "2");
        Assert.Equal(0, code);
        Assert.Matches(@"^questions +4\n", output);
        Assert.Matches(@"(?m)^exact match +\d+\.\d %", output);
        Assert.Matches("(?m)^  majority answer +50\\.0 %  \\(\"red\"\\)", output); // red, green, blue, red
    }

    [Fact]
    public void Data_that_is_nothing_known_is_named()
    {
        string file = Write("other.json", new { a = 1 });
        var (code, _, error) = Run("evaluate", "--model", SavedModel(), "--data", file);
        Assert.Equal(1, code);
        Assert.StartsWith($"error: {file}", error, StringComparison.Ordinal);
    }
}
