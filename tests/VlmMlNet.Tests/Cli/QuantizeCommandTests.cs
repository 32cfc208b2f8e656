namespace VlmMlNet.Tests.Cli;

public sealed class QuantizeCommandTests : CliTest
{
    [Theory]
    [InlineData("int8", null)]
    [InlineData("int8", "bfloat16")]
    [InlineData("int4", "int8")]
    [InlineData("int4", "float32")]
    [InlineData("bfloat16", null)]
    public void A_quantized_folder_captions_as_the_model_in_that_precision_does(string precision, string? encoder)
    {
        string model = SavedModel(), small = InFolder("small");

        var (code, output, error) = Run(["quantize", model, "--weights", precision, .. encoder is null ? Array.Empty<string>() : ["--encoder", encoder], "--out", small]);

        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith($"{small}: ", output, StringComparison.Ordinal);
        var (_, caption, _) = Run("caption", Picture(0), "--model", small, "--max-tokens", "6");
        var again = Run("caption", Picture(0), "--model", small, "--max-tokens", "6", "--precision", precision);
        Assert.Equal((0, caption, ""), again);
        string inspected = Run("inspect", small).Output;
        Assert.Contains($"language model: {precision}, for generating only", inspected, StringComparison.Ordinal);
        Assert.Contains(Run("inspect", model).Output.Split('\n').First(l => l.Contains("parameters", StringComparison.Ordinal)), inspected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_precision_changes_how_a_saved_model_is_held()
    {
        string model = SavedModel();
        var whole = Run("caption", Picture(0), "--model", model, "--max-tokens", "6");
        Assert.Equal(whole, Run("caption", Picture(0), "--model", model, "--max-tokens", "6", "--precision", "float32"));
        Assert.Equal(0, Run("ask", Picture(0), "what?", "--model", model, "--max-tokens", "6", "--precision", "int4").Code);
    }

    [Fact]
    public void What_cannot_be_is_told_in_one_line()
    {
        string model = SavedModel(), small = InFolder("small");
        AssertOneLine("--precision 'int2' is none of float32, bfloat16, int8, int4. See 'vlm caption --help'.", Run("caption", Picture(0), "--model", model, "--precision", "int2").Error);
        AssertOneLine("--encoder is int8, bfloat16 or float32. See 'vlm quantize --help'.", Run("quantize", model, "--weights", "int8", "--encoder", "int4", "--out", small).Error);
        AssertOneLine("--encoder int8 goes with --weights int8 or int4.", Run("quantize", model, "--weights", "bfloat16", "--encoder", "int8", "--out", small).Error);
        AssertOneLine("--out is the model itself. A quantized model cannot be trained any more: give another folder.", Run("quantize", model, "--weights", "int8", "--out", model).Error);
        Assert.Equal(0, Run("quantize", model, "--weights", "int8", "--out", small).Code);
        AssertOneLine($"{small} holds its language model in int8: it cannot be had in int4. Use the model that it was made of.", Run("caption", Picture(0), "--model", small, "--precision", "int4").Error);
    }

    [Fact]
    public void Float32_is_in_the_help_and_keeps_all_as_it_was()
    {
        Assert.Contains("int8, int4, bfloat16, or float32", string.Join(' ', Run("quantize", "--help").Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        string model = SavedModel(), mapped = InFolder("mapped");
        Assert.Equal(0, Run("quantize", model, "--weights", "float32", "--out", mapped).Code);
        Assert.Equal(Run("caption", Picture(0), "--model", model, "--max-tokens", "6"), Run("caption", Picture(0), "--model", mapped, "--max-tokens", "6"));
        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(mapped, "config.json")));
        Assert.Equal("float32", json.RootElement.GetProperty("projector_config").GetProperty("torch_dtype").GetString());
    }
}
