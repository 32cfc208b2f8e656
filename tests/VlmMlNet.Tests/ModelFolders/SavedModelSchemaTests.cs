using System.Text.Json.Nodes;
using Microsoft.ML;
using NJsonSchema;
using VlmMlNet.Data;
using VlmMlNet.Data.Validation;
using VlmMlNet.ModelFolders;

namespace VlmMlNet.Tests.ModelFolders;

/// <summary>The schema of a saved model's config.json accepts what is saved, and refuses what loading refuses.</summary>
public sealed class SavedModelSchemaTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vlm-schema-").FullName;

    private string Config => Path.Combine(_folder, "model", "config.json");

    [Fact]
    public async Task A_saved_model_is_valid()
    {
        Save();
        var schema = await JsonSchema.FromJsonAsync(DataSchemas.Read("saved-model"), TestContext.Current.CancellationToken);
        Assert.Empty(schema.Validate(File.ReadAllText(Config)));
        var data = new MLContext().VisionLanguage().Data;
        foreach (string path in new[] { Path.GetDirectoryName(Config)!, Config })
        {
            DataValidation found = data.Validate(path);
            Assert.True(found.IsValid);
            Assert.Equal("SavedModel", found.Format);
        }
    }

    public static TheoryData<string, string?> Mutations => new()
    {
        { "model_type", "\"qwen2\"" },
        { "vision_config", null },
        { "text_config", "[]" },
        { "projector_config", null },
        { "caption_prompt", "\" \"" },
        { "caption_prompt", "5" },
        { "system_prompt", "7" },
        { "language_precision", "\"int2\"" },
        { "vision_config.hidden_size", "0" },
        { "vision_config.hidden_size", "\"64\"" },
        { "vision_config.patch_size", "99999" },
        { "vision_config.layer_norm_eps", "0" },
        { "vision_config.hidden_act", "\"tanh\"" },
        { "vision_config.torch_dtype", "\"int8\"" },
        { "text_config.vocab_size", "1.5" },
        { "text_config.num_hidden_layers", "-1" },
        { "text_config.rope_theta", "true" },
        { "text_config.tie_word_embeddings", "1" },
        { "text_config.hidden_act", "\"gelu\"" },
        { "projector_config.hidden_size", "1000000" },
    };

    [Theory]
    [MemberData(nameof(Mutations))]
    public void What_loading_refuses_the_schema_refuses(string key, string? value)
    {
        Save();
        JsonNode root = JsonNode.Parse(File.ReadAllText(Config))!;
        string[] path = key.Split('.');
        JsonObject owner = (path.Length == 1 ? root : root[path[0]]!).AsObject();
        if (value is null)
            owner.Remove(path[^1]);
        else
            owner[path[^1]] = JsonNode.Parse(value);
        File.WriteAllText(Config, root.ToJsonString());

        Assert.Throws<MalformedInputException>(() => ModelFolder.Load(Path.GetDirectoryName(Config)!));
        DataValidation found = new MLContext().VisionLanguage().Data.Validate(Config);
        Assert.Contains(path[^1], Assert.Single(found.Problems).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Absent_shapes_and_nulls_that_loading_takes_are_valid()
    {
        Save();
        JsonNode root = JsonNode.Parse(File.ReadAllText(Config))!;
        root["projector_config"]!.AsObject().Remove("torch_dtype");
        root["text_config"]!["torch_dtype"] = null;
        root.AsObject().Remove("caption_prompt");
        root["system_prompt"] = null;
        root["text_config"]!["rope_parameters"] = JsonNode.Parse("""{"rope_theta": 10000.0, "rope_type": "default"}""");
        File.WriteAllText(Config, root.ToJsonString());
        ModelFolder.Load(Path.GetDirectoryName(Config)!).Dispose();
        Assert.True(new MLContext().VisionLanguage().Data.Validate(Config).IsValid);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Save()
    {
        using var model = TinyModel.Create();
        ModelFolder.Save(model, Path.GetDirectoryName(Config)!);
    }
}
