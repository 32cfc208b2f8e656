using System.Text.Json.Nodes;
using Microsoft.ML;
using VlmMlNet.ModelFolders;
using VlmMlNet.Tests.Components;
using VlmMlNet.Tests.Files;

namespace VlmMlNet.Tests.ModelFolders;

/// <summary>Where a language model stops, from the files that it is loaded from to those that it is exported to.</summary>
public sealed class GenerationConfigTests : IDisposable
{
    private const string Generation = """{"bos_token_id": 1, "eos_token_id": [5, 7], "do_sample": true, "repetition_penalty": 1.1}""";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 3}""", Generation)]
    [InlineData("""{"eos_token_id": [2, 4]}""", null)]
    [InlineData("{}", Generation)]
    public void What_was_loaded_is_written_back(string tokens, string? generation)
    {
        string loaded = Folder("loaded", tokens, generation), exported = _folder.File("exported"), whole = _folder.File("whole");
        using (var model = HuggingFaceFolder.LoadQwen2(loaded))
            HuggingFaceFolder.Save(model, exported);
        AssertTokens(Path.Combine(exported, "config.json"), tokens);
        Assert.Equal(generation, Text(exported));

        using (var model = new MLContext(1).VisionLanguage().LoadBackbones(Vision(), loaded))
            ModelFolder.Save(model, whole);
        Assert.Equal(generation, Text(whole));
        using var again = ModelFolder.Load(whole);
        HuggingFaceFolder.Save(again.Network.Language, exported);
        AssertTokens(Path.Combine(exported, "config.json"), tokens);
        Assert.Equal(generation, Text(exported));
        using var other = HuggingFaceFolder.LoadQwen2(exported);
        Assert.Equal(again.Network.Language.Config, other.Config);
    }

    [Theory]
    [InlineData("""{"eos_token_id": 2}""", null, new[] { 2 })]
    [InlineData("""{"eos_token_id": 2}""", Generation, new[] { 5, 7 })] // transformers generates by this file
    [InlineData("""{"eos_token_id": 2}""", """{"eos_token_id": 9}""", new[] { 9 })]
    [InlineData("""{"eos_token_id": 2}""", """{"temperature": 0.5}""", new[] { 2 })]
    [InlineData("""{"eos_token_id": -1, "bos_token_id": null}""", null, new int[0])] // none, as some write it
    public void An_answer_ends_where_the_files_say(string tokens, string? generation, int[] expected)
    {
        using var model = new MLContext(1).VisionLanguage().LoadBackbones(Vision(), Folder("language", tokens, generation));
        int[] template = [model.Tokenizer.ImEndId, model.Tokenizer.EndOfTextId];
        Assert.Equal([.. template, .. expected], model.Conversation.StopIds);
        using var small = model.WithPrecision(WeightPrecision.Int8);
        Assert.Equal([.. template, .. expected], small.Conversation.StopIds);
    }

    [Fact]
    public void The_same_token_ends_answers_in_a_saved_pipeline()
    {
        string folder = _folder.File("model");
        using var pictures = new TinyPictures();
        for (ulong seed = 0; seed < 50; seed++)
        {
            var context = new MLContext(1);
            var data = pictures.Rows(context, 1);
            ITransformer Pipeline(VisionLanguageModel model) => context.Transforms.ImageEncoder(model, "Patches", "Image").Append(context.Transforms.ModalityProjector(model, "VisualTokens", "Patches"))
                .Append(context.Transforms.CaptionGenerator(model, "Caption", "VisualTokens")).Fit(data);
            string Caption(ITransformer pipeline) => pipeline.Transform(data).Texts("Caption")[0];

            using var plain = TinyModel.Create(seed);
            string all = Caption(Pipeline(plain));
            if (all.Length == 0)
                continue; // random weights that end at once
            string ids = string.Join(", ", Enumerable.Range(0, plain.Tokenizer.VocabularySize)); // each of them ends it
            ModelFolder.Save(plain, folder);
            File.WriteAllText(Path.Combine(folder, "generation_config.json"), $$"""{"eos_token_id": [{{ids}}]}""");
            using var ending = ModelFolder.Load(folder);
            string zip = _folder.File("captioner.zip"), shorter = Caption(Pipeline(ending));
            Assert.Equal("", shorter);
            context.Model.Save(Pipeline(ending), data.Schema, zip);
            Assert.Equal(shorter, Caption(new MLContext().Model.Load(zip, out _)));
            return;
        }
        Assert.Fail("Every caption is empty.");
    }

    [Theory]
    [InlineData("config.json", """{"eos_token_id": "2"}""", "eos_token_id is \"2\"; it must be a whole number from -1 to ")]
    [InlineData("config.json", """{"eos_token_id": [1, 99999]}""", "eos_token_id is [1,99999]; it must be a whole number from -1 to ")]
    [InlineData("config.json", """{"pad_token_id": 1.5}""", "pad_token_id is 1.5; it must be a whole number from -1 to ")]
    [InlineData("generation_config.json", """{"eos_token_id": {}}""", "eos_token_id is {}; it must be a whole number from -1 to ")]
    [InlineData("generation_config.json", "[]", "it is not a JSON object. Fetch the model's generation_config.json again.")]
    [InlineData("generation_config.json", "{\"\\ud800\": 1}", "it is not valid JSON (")]
    public void Ids_that_are_none_are_an_error_that_names_the_file(string file, string json, string problem)
    {
        string folder = file == "config.json" ? Folder("language", json, null) : Folder("language", "{}", json);
        Assert.StartsWith($"{Path.Combine(folder, file)}: {problem}", Assert.Throws<MalformedInputException>(() => HuggingFaceFolder.LoadQwen2(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Exporting_over_another_model_leaves_none_of_its_settings()
    {
        using var model = HuggingFaceFolder.LoadQwen2(Folder("a", "{}", null));
        string other = Folder("b", "{}", Generation);
        HuggingFaceFolder.Save(model, other);
        Assert.Null(Text(other));
    }

    private string Vision()
    {
        BackboneFolders.WriteVision(_folder.File("vision"));
        return _folder.File("vision");
    }

    private string Folder(string name, string tokens, string? generation)
    {
        string folder = _folder.File(name), config = Path.Combine(folder, "config.json");
        BackboneFolders.WriteLanguage(folder);
        var json = JsonNode.Parse(File.ReadAllText(config))!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(tokens)!.AsObject())
            json[key] = value?.DeepClone();
        File.WriteAllText(config, json.ToJsonString());
        if (generation is not null)
            File.WriteAllText(Path.Combine(folder, "generation_config.json"), generation);
        return folder;
    }

    private static void AssertTokens(string config, string expected)
    {
        var json = JsonNode.Parse(File.ReadAllText(config))!.AsObject();
        foreach (string key in (string[])["bos_token_id", "eos_token_id", "pad_token_id"])
            Assert.Equal(JsonNode.Parse(expected)![key]?.ToJsonString(), json[key]?.ToJsonString());
    }

    private static string? Text(string folder) => File.Exists(Path.Combine(folder, "generation_config.json")) ? File.ReadAllText(Path.Combine(folder, "generation_config.json")) : null;
}
