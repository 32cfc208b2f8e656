using VlmMlNet.Tests.Components;

namespace VlmMlNet.Tests.Cli;

/// <summary>What can be found without reading data is found first: the data here is bad, and is not what the error is about.</summary>
public sealed class TrainChecksFirstTests : CliTest
{
    private string Data => Write("bad.json", new object[] { new { id = "1", image = "none.png" } });

    private void AssertFirst(string expected, params string[] more)
    {
        var (code, _, error) = Run(["train", "--data", Data, "--out", InFolder("out"), .. more]);
        Assert.NotEqual(0, code);
        Assert.StartsWith("error: " + expected, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(InFolder("out")));
    }

    [Fact]
    public void The_folders_to_start_from()
    {
        string vision = InFolder("vision"), language = InFolder("language");
        AssertFirst($"There is no folder {vision}.", "--vision", vision, "--llm", language);
        BackboneFolders.WriteVision(vision);
        AssertFirst($"There is no folder {language}.", "--vision", vision, "--llm", language);
        BackboneFolders.WriteLanguage(language);
        AssertFirst($"{Path.Combine(language, "config.json")}: model_type is \"qwen2\"", "--vision", language, "--llm", vision);
        File.Delete(Path.Combine(language, "tokenizer.json"));
        AssertFirst($"{language}: there is no tokenizer here", "--vision", vision, "--llm", language);
        AssertFirst($"There is no folder {InFolder("none")}.", "--model", InFolder("none"));
        string damaged = SavedModel("damaged");
        File.WriteAllText(Path.Combine(damaged, "model.safetensors"), "x");
        AssertFirst(Path.Combine(damaged, "model.safetensors") + ": it has only 1 bytes", "--model", damaged);
        Assert.Equal(0, Run("quantize", SavedModel(), "--weights", "int8", "--out", InFolder("small")).Code);
        AssertFirst($"{InFolder("small")}: it holds its language model in int8, which is for generating only. Train the model that it was made of.", "--model", InFolder("small"));
    }

    [Fact]
    public void Files_and_devices()
    {
        AssertFirst($"There is no data file '{InFolder("more.json")}'.", "--config", "tiny", "--instructions", InFolder("more.json"));
        AssertFirst($"There is no data file '{InFolder("test.json")}'.", "--config", "tiny", "--validation", InFolder("test.json"));
        Assert.SkipWhen(TorchSharp.torch.cuda.is_available(), "There is a GPU.");
        AssertFirst("--device is cuda:0", "--config", "tiny", "--device", "cuda");
    }

    [Fact]
    public void What_the_folder_to_train_into_has_finished()
    {
        Assert.Equal(0, Run("train", "--data", CocoFile(2), "--model", SavedModel(), "--stages", "1", "--out", InFolder("done")).Code);
        var (code, _, error) = Run("train", "--data", Data, "--model", InFolder("model"), "--stages", "2", "--out", InFolder("done"), "--resume");
        Assert.Equal(1, code);
        Assert.StartsWith($"error: {InFolder("done")} has finished stage 1: hybrid alignment; the run asks for", error, StringComparison.Ordinal);
    }
}
