using System.Text.Json;

namespace VlmMlNet.Tests.Cli;

public sealed class BenchCommandTests : CliTest
{
    [Fact]
    public void Precisions_are_compared_with_float32_in_a_table()
    {
        var (_, output, error) = Run("bench", "quality", "--model", SavedModel(), "--data", CaptionsOf("model"), "--max-tokens", "4", "--threads", "1");
        Assert.Matches(@"^float32: CIDEr \d\.\d{3}; 6 answers, \d+ places compared\n", output);
        foreach (string precision in (string[])["bfloat16", "int8", "int4"])
            Assert.Matches($@"(?m)^{precision} +\d+\.\d\d % +\d+\.\d+ +\d+\.\d % +\d\.\d +\d\.\d{{3}}  [-+]?\d+\.\d %.* (supported|NOT SUPPORTED)$", output);
        Assert.Contains("comparing: 100 %, 6 of 6", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_supported_precision_ends_with_0_and_the_numbers_come_as_json_when_asked()
    {
        var (code, output, error) = Run("bench", "quality", "--model", SavedModel(), "--data", CaptionsOf("model"), "--max-tokens", "4", "--precisions", "float32", "--json", "--threads", "1");
        Assert.Equal(0, code);
        Assert.DoesNotContain("error", error, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(("CIDEr", 6), (json.RootElement.GetProperty("score").GetString(), json.RootElement.GetProperty("rows").GetInt32()));
        var precision = Assert.Single(json.RootElement.GetProperty("precisions").EnumerateArray());
        Assert.Equal(("float32", 1.0, true), (precision.GetProperty("precision").GetString(), precision.GetProperty("token_agreement").GetDouble(), precision.GetProperty("supported").GetBoolean()));
    }

    [Fact]
    public void A_model_that_lost_too_much_ends_with_1_and_says_so()
    {
        string model = SavedModel(), data = CaptionsOf("model"), small = InFolder("small");
        // Made of other weights, as by a broken quantization.
        using (var other = TinyModel.Create(seed: 99))
        {
            foreach (var weight in other.Network.Language.parameters())
                using (TorchSharp.torch.no_grad())
                    weight.mul_(20);
            using var packed = other.WithPrecision(WeightPrecision.Int8);
            VlmMlNet.ModelFolders.ModelFolder.Save(packed, small);
        }
        var (code, output, error) = Run("bench", "quality", "--model", model, "--data", data, "--max-tokens", "4", "--quantized", small, "--limit", "4", "--threads", "1");
        Assert.Equal(1, code);
        Assert.Matches(@"(?m)^int8 .* NOT SUPPORTED$", output);
        Assert.Matches(@"(?m)^error: int8 is not supported: CIDEr falls by \d+\.\d %, from \d\.\d+ to \d\.\d+; at most 1 % may be lost\.", error);
    }

    [Fact]
    public void What_cannot_be_is_told_in_one_line()
    {
        string model = SavedModel(), data = CocoFile(3);
        AssertOneLine("--precisions 'int2' is none of float32, bfloat16, int8, int4. See 'vlm bench quality --help'.", Run("bench", "quality", "--model", model, "--data", data, "--precisions", "int8", "int2").Error);
        AssertOneLine("--quantized says what is compared; --precisions says it too. Give one of the two.", Run("bench", "quality", "--model", model, "--data", data, "--precisions", "int8", "--quantized", model).Error);
        Assert.Equal(0, Run("quantize", model, "--weights", "int8", "--out", InFolder("small")).Code);
        var (code, _, error) = Run("bench", "quality", "--model", InFolder("small"), "--data", data, "--precisions", "int8");
        Assert.Equal(1, code);
        Assert.Contains("it cannot be had in", Run("bench", "quality", "--model", InFolder("small"), "--data", data).Error + error, StringComparison.Ordinal);
    }

    // The model's own captions as references, so that float32 scores as well as can be.
    private string CaptionsOf(string model)
    {
        string data = CocoFile(6), results = InFolder("results.json");
        Assert.Equal(0, Run("evaluate", "--model", InFolder(model), "--data", data, "--max-tokens", "4", "--results", results, "--threads", "1").Code);
        using var said = JsonDocument.Parse(File.ReadAllText(results));
        using var asked = JsonDocument.Parse(File.ReadAllText(data));
        return Write("own.json", new
        {
            images = asked.RootElement.GetProperty("images"),
            annotations = said.RootElement.EnumerateArray().Select((r, i) => new { id = i, image_id = r.GetProperty("image_id").GetInt32(), caption = r.GetProperty("caption").GetString() }),
        });
    }
}
