using System.Globalization;
using System.Text.RegularExpressions;
using VlmMlNet.ModelFolders;

namespace VlmMlNet.Tests.Cli;

public sealed class InspectCommandTests : CliTest
{
    [Fact]
    public void A_saved_models_counts_add_up_to_those_of_the_model()
    {
        using var model = TinyModel.Create();
        var (code, output, error) = Run("inspect", SavedModel());
        Assert.Equal((0, ""), (code, error));
        var counts = Counts(output);
        Assert.Equal(model.CountParameters().Total, counts["total"]);
        Assert.Equal(counts["total"], counts.Where(c => c.Key != "total").Sum(c => c.Value));
        Assert.Equal(model.CountParameters().Projector, counts["projector"]);
        Assert.Equal(model.CountParameters().VisionHead, counts["vision head"]);
        Assert.Matches(@"(?m)^  F32 +\d+ tensors +" + (4 * counts["total"]).ToString("N0", CultureInfo.InvariantCulture) + " bytes", output);
        Assert.Matches($@"(?m)^  tokens +{model.Tokenizer.VocabularySize}$", output);
        Assert.Contains($"<|im_end|> = {model.Tokenizer.ImEndId}", output, StringComparison.Ordinal);
        Assert.Contains("\"image_size\": 16", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Hugging_Face_folder_is_shown_too()
    {
        using var model = TinyModel.Create();
        HuggingFaceFolder.Save(model.Network.Language, InFolder("llm"));
        var (code, output, error) = Run("inspect", InFolder("llm"));
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("model type: qwen2", output, StringComparison.Ordinal);
        Assert.Equal(model.CountParameters().Language, Counts(output)["language"]);
        Assert.Contains("tokenizer: none", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_papers_configuration_has_900_million_parameters()
    {
        var (code, output, _) = Run("inspect", "--preset", "paper");
        Assert.Equal(0, code);
        var counts = Counts(output);
        Assert.Equal(18_359_936, counts["projector"]); // 1152 * 8960 + 8960 + 8960 * 896 + 896
        Assert.Equal(494_032_768, counts["language"]);
        Assert.InRange(counts["vision"], 412_000_000, 413_500_000);
        Assert.Equal(counts["total"], counts.Where(c => c.Key != "total").Sum(c => c.Value));
    }

    [Fact]
    public void A_damaged_configuration_is_named()
    {
        string model = SavedModel();
        File.WriteAllText(Path.Combine(model, "config.json"), "{");
        var (code, _, error) = Run("inspect", model);
        Assert.Equal(1, code);
        Assert.StartsWith($"error: {Path.Combine(model, "config.json")}: it is not valid JSON", error, StringComparison.Ordinal);
    }

    private static Dictionary<string, long> Counts(string output) => Regex.Matches(output, @"(?m)^  ([a-z ]+?) +([\d,]+) +[\d.]+M$")
        .ToDictionary(m => m.Groups[1].Value, m => long.Parse(m.Groups[2].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture));
}
