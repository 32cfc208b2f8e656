using System.Text.Json;

namespace VlmMlNet.Tests.Cli;

public sealed class EvaluateCommandTests : CliTest
{
    [Fact]
    public void Captions_are_scored_beside_ceiling_constant_and_nearest_neighbour()
    {
        string data = CocoFile(6), predictions = InFolder("answers.json");
        var (code, output, error) = Run("evaluate", "--model", SavedModel(), "--data", data, "--train", data, "--max-tokens", "4", "--details", predictions);
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
    public void A_protocol_asks_as_it_says_and_its_results_are_scored_by_themselves()
    {
        string data = CocoFile(4), predictions = InFolder("answers.json"), results = InFolder("results.json");
        var (code, output, _) = Run("evaluate", "--model", SavedModel(), "--data", data, "--protocol", "coco2017_cap_val", "--max-tokens", "3", "--details", predictions, "--results", results, "--json");
        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(File.ReadAllBytes(predictions));
        Assert.All(json.RootElement.EnumerateArray(), p => Assert.Equal("Provide a one-sentence caption for the provided image.", p.GetProperty("Prompt").GetString()));
        Assert.Equal(output.TrimEnd(), Run("evaluate", "captions", "--references", data, "--predictions", results, "--json", "--bootstrap", "0").Output.TrimEnd());
        Assert.Equal(2, Run("evaluate", "--model", "m", "--data", data, "--protocol", "nope").Code);
        Assert.Equal(2, Run("evaluate", "--model", "m", "--data", data, "--protocol", "paper_coco", "--prompt", "x").Code);
    }

    [Fact]
    public void Bad_rows_are_left_out_and_listed_when_asked()
    {
        string data = LlavaFile(3);
        File.WriteAllText(data, File.ReadAllText(data).Replace("\"gpt\",\"value\":\"green\"", "\"gpt\"", StringComparison.Ordinal));
        string model = SavedModel();
        Assert.Equal(1, Run("evaluate", "--model", model, "--data", data, "--max-tokens", "2").Code);
        var (code, output, error) = Run("evaluate", "--model", model, "--data", data, "--max-tokens", "2", "--bad-rows", "skip");
        Assert.Equal(0, code);
        Assert.Matches("^questions +2\n", output);
        Assert.Contains($"1 bad row was left out:\n  {data}, row 1: 'value' is missing", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Unreadable_pictures_are_left_out_and_listed_when_asked()
    {
        string data = CocoFile(4), model = SavedModel();
        File.Delete(Picture(2));
        File.WriteAllBytes(Path.Combine(Folder, "2.png"), [1, 2]);
        Assert.Equal(1, Run("evaluate", "--model", model, "--data", data, "--max-tokens", "2").Code);
        var (code, output, error) = Run("evaluate", "--model", model, "--data", data, "--train", data, "--max-tokens", "2", "--skip-unreadable");
        Assert.Equal(0, code);
        Assert.Matches("^pictures +3\n", output);
        Assert.Contains($"1 example was left out:\n  {Path.Combine(Folder, "2.png")}, row 2: ", error, StringComparison.Ordinal);
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
