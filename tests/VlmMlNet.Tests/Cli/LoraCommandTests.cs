namespace VlmMlNet.Tests.Cli;

public sealed class LoraCommandTests : CliTest
{
    private string[] Train(string model, string output, params string[] more) =>
        ["train", "--data", CocoFile(6), "--images", Folder, "--model", model, "--stages", "2,3", "--batch-size", "3", "--epochs", "1", "--out", output, .. more];

    [Fact]
    public void Training_by_adapters_writes_a_merged_model_and_the_adapters_that_make_it_of_the_first_one()
    {
        string model = SavedModel(), output = InFolder("adapted"), merged = InFolder("merged");

        var (code, _, error) = Run(Train(model, output, "--lora", "2", "--lora-targets", "q_proj,v_proj", "--lora-alpha", "4"));

        Assert.True(code == 0, error);
        Assert.Contains("vision 5.0e-5, projector 2.0e-3, language 2.0e-4; adapters of rank 2", error, StringComparison.Ordinal);
        using (var config = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "language_adapter", "adapter_config.json"))))
            Assert.Equal((4, 8), (config.RootElement.GetProperty("r").GetInt32(), config.RootElement.GetProperty("lora_alpha").GetInt32())); // of two stages
        Assert.True(File.Exists(Path.Combine(output, "vision_adapter", "adapter_model.safetensors")));

        var (mergeCode, said, mergeError) = Run("merge", model, "--adapter", output, "--out", merged);
        Assert.Equal((0, ""), (mergeCode, mergeError));
        Assert.EndsWith($"saved in {merged}\n", said, StringComparison.Ordinal);
        var applied = Run("caption", Picture(0), "--model", model, "--max-tokens", "6", "--adapter", Path.Combine(output, "language_adapter"));
        Assert.Equal((0, ""), (applied.Code, applied.Error));
        Assert.Equal(0, Run("caption", Picture(0), "--model", model, "--max-tokens", "6", "--adapter", output, "--precision", "int8").Code);
        Assert.Equal(Run("caption", Picture(0), "--model", merged, "--max-tokens", "6"), Run("caption", Picture(0), "--model", model, "--max-tokens", "6", "--adapter", output));
        Assert.Equal(0, Run("ask", Picture(0), "what?", "--model", model, "--max-tokens", "6", "--adapter", output).Code);
        Assert.Equal(0, Run(["evaluate", "--model", model, "--adapter", output, "--data", CocoFile(2), "--images", Folder, "--max-tokens", "4"]).Code);

        Assert.Contains("--lora", Run(Train(model, output, "--lora", "3", "--lora-targets", "q_proj,v_proj", "--lora-alpha", "4", "--resume")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_is_told_in_one_line_before_anything_is_trained()
    {
        string model = SavedModel(), output = InFolder("adapted");
        AssertOneLine("--lora-alpha, --lora-dropout and --lora-targets go with --lora RANK.", Run(Train(model, output, "--lora-alpha", "4")).Error);
        AssertOneLine("--adapter belongs to trained models: it goes with --model, or with --vision and --llm.", Run("train", "--data", CocoFile(2), "--config", "tiny", "--adapter", model, "--out", output).Error);
        var refused = Run(["train", "--data", CocoFile(6), "--images", Folder, "--model", model, "--stages", "1,2", "--out", output, "--lora", "2", "--lora-targets", "c_attn"]);
        Assert.NotEqual(0, refused.Code);
        Assert.Contains("'c_attn' is no linear layer of the model.", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("steps in", refused.Error, StringComparison.Ordinal);
        AssertOneLine("--out is the model itself, which others may use without the adapter: give another folder.", Run("merge", model, "--adapter", model, "--out", model).Error);
        Assert.Contains("holds no adapter", Run("caption", Picture(0), "--model", model, "--adapter", model).Error, StringComparison.Ordinal);
    }
}
