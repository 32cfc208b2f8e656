using VlmMlNet.Generation;
using VlmMlNet.ModelFolders;
using VlmMlNet.Tests.Models;

namespace VlmMlNet.Tests.ModelFolders;

public sealed class ModelFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vlm-model-").FullName;

    private string ModelPath => Path.Combine(_folder, "model");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_saved_model_loads_back_bit_for_bit_and_says_the_same()
    {
        using var model = TinyModel.Create(7);
        ModelFolder.Save(model, ModelPath);
        using var loaded = ModelFolder.Load(ModelPath);

        var before = model.Network.Vision.state_dict().Concat(model.Network.Language.state_dict()).Concat(model.Network.Projector.state_dict());
        var after = loaded.Network.Vision.state_dict().Concat(loaded.Network.Language.state_dict()).Concat(loaded.Network.Projector.state_dict());
        foreach (var (a, b) in before.Zip(after))
        {
            Assert.Equal(a.Key, b.Key);
            Assert.True(TensorAssert.BitEqual(a.Value, b.Value), a.Key);
        }
        var picture = TinyModel.Picture(200, 100, 50);
        Assert.Equal(AnswerGenerator.Answer(model, [picture]), AnswerGenerator.Answer(loaded, [picture]));
        Assert.Equal(["config.json", "model.safetensors", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json"],
            Directory.GetFiles(ModelPath).Select(f => Path.GetFileName(f)).Order());
        Assert.Equal(["model"], Directory.GetFileSystemEntries(_folder).Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public void The_caption_prompt_travels_with_the_model()
    {
        using var model = TinyModel.Create();
        Assert.Equal("Describe the image.", model.CaptionPrompt);
        model.CaptionPrompt = "what colour is it";
        ModelFolder.Save(model, ModelPath);
        using (var loaded = ModelFolder.Load(ModelPath))
            Assert.Equal("what colour is it", loaded.CaptionPrompt);
        Assert.Equal("what colour is it", FolderSummary.Read(ModelPath).CaptionPrompt);

        string config = Path.Combine(ModelPath, "config.json");
        var json = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(config))!.AsObject();
        json["caption_prompt"] = " ";
        File.WriteAllText(config, json.ToJsonString());
        Assert.Contains("caption_prompt is \" \"; it must be a text that is not empty", Assert.Throws<MalformedInputException>(() => ModelFolder.Load(ModelPath)).Message, StringComparison.Ordinal);
        json.Remove("caption_prompt"); // as folders were before
        File.WriteAllText(config, json.ToJsonString());
        using var older = ModelFolder.Load(ModelPath);
        Assert.Equal("Describe the image.", older.CaptionPrompt);
        Assert.Throws<ArgumentException>(() => older.CaptionPrompt = "");
    }

    [Fact]
    public void Saving_again_replaces_the_model()
    {
        using var first = TinyModel.Create(1);
        using var second = TinyModel.Create(2);
        ModelFolder.Save(first, ModelPath);
        ModelFolder.Save(second, ModelPath);
        using var loaded = ModelFolder.Load(ModelPath);
        Assert.True(TensorAssert.BitEqual(second.Network.Projector.state_dict().First().Value, loaded.Network.Projector.state_dict().First().Value));
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_folder_with_other_things_is_not_replaced()
    {
        Directory.CreateDirectory(ModelPath);
        File.WriteAllText(Path.Combine(ModelPath, "thesis.txt"), "");
        using var model = TinyModel.Create();
        var error = Assert.Throws<IOException>(() => ModelFolder.Save(model, ModelPath));
        Assert.Contains("exists and holds something other than a saved model", error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(ModelPath, "thesis.txt")));
    }

    [Fact]
    public void A_hugging_face_folder_is_no_saved_model()
    {
        Directory.CreateDirectory(ModelPath);
        File.WriteAllText(Path.Combine(ModelPath, "config.json"), """{"model_type":"qwen2"}""");
        var error = Assert.Throws<MalformedInputException>(() => ModelFolder.Load(ModelPath));
        Assert.Contains("model_type is \"qwen2\"; a whole vision-language model has 'vlm_mlnet'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_that_does_not_fit_the_weights_is_one_error()
    {
        using var model = TinyModel.Create();
        ModelFolder.Save(model, ModelPath);
        string config = Path.Combine(ModelPath, "config.json");
        var json = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(config))!;
        json["projector_config"]!["hidden_size"] = 24;
        File.WriteAllText(config, json.ToJsonString());
        var error = Assert.Throws<MalformedInputException>(() => ModelFolder.Load(ModelPath));
        Assert.Contains("multi_modal_projector.linear_1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        var error = Assert.Throws<DirectoryNotFoundException>(() => ModelFolder.Load(ModelPath));
        Assert.Contains(ModelPath, error.Message, StringComparison.Ordinal);
    }
}
