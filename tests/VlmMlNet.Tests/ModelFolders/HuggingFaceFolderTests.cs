using TorchSharp;
using VlmMlNet.ModelFolders;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Safetensors;
using VlmMlNet.Tests.Files;
using VlmMlNet.Tests.Safetensors;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.ModelFolders;

public sealed class HuggingFaceFolderTests : IDisposable
{
    private static readonly SiglipVisionConfig s_vision = new() { HiddenSize = 8, IntermediateSize = 12, NumHiddenLayers = 2, NumAttentionHeads = 2, ImageSize = 8, PatchSize = 4 };
    private static readonly Qwen2Config s_language = new() { VocabSize = 20, HiddenSize = 8, IntermediateSize = 12, NumHiddenLayers = 2, NumAttentionHeads = 4, NumKeyValueHeads = 2, MaxPositionEmbeddings = 64 };
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(ScalarType.Float32, true)]
    [InlineData(ScalarType.BFloat16, true)]
    [InlineData(ScalarType.Float16, false)]
    public void A_saved_vision_model_loads_bit_identical(ScalarType dtype, bool useHead)
    {
        var saved = Vision(s_vision with { UseHead = useHead }, dtype);
        HuggingFaceFolder.Save(saved, _folder.Path);
        var loaded = HuggingFaceFolder.LoadSiglipVision(_folder.Path, dtype);
        Assert.Equal(saved.Config, loaded.Config);
        AssertSameWeights(saved, loaded);
        Assert.Equal(["config.json", "model.safetensors"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData(ScalarType.Float32, true)]
    [InlineData(ScalarType.BFloat16, false)]
    public void A_saved_language_model_loads_bit_identical(ScalarType dtype, bool isTied)
    {
        var saved = Language(s_language with { TieWordEmbeddings = isTied }, dtype);
        HuggingFaceFolder.Save(saved, _folder.Path);
        using (var checkpoint = Checkpoint.OpenFolder(_folder.Path))
            Assert.Equal(!isTied, checkpoint.Contains("lm_head.weight"));
        var loaded = HuggingFaceFolder.LoadQwen2(_folder.Path, dtype);
        Assert.Equal(saved.Config, loaded.Config);
        AssertSameWeights(saved, loaded);
        var ids = tensor(new long[] { 1, 7, 19, 3 }).reshape(1, 4);
        SafetensorsBytes.AssertSame(saved.forward(ids), loaded.forward(ids));
    }

    [Fact]
    public void Weights_convert_to_the_type_that_is_asked_for()
    {
        var saved = Language(s_language, ScalarType.BFloat16);
        HuggingFaceFolder.Save(saved, _folder.Path);
        var loaded = HuggingFaceFolder.LoadQwen2(_folder.Path);
        foreach (var (name, tensor) in loaded.state_dict())
            SafetensorsBytes.AssertSame(saved.state_dict()[name].to(ScalarType.Float32), tensor);
    }

    [Fact]
    public void Saving_over_the_folder_that_a_model_came_from_replaces_it()
    {
        HuggingFaceFolder.Save(Language(s_language, seed: 1), _folder.Path);
        var other = Language(s_language, seed: 2);
        HuggingFaceFolder.Save(other, _folder.Path);
        AssertSameWeights(other, HuggingFaceFolder.LoadQwen2(_folder.Path));
    }

    [Fact]
    public void A_sharded_folder_loads_like_a_whole_one()
    {
        var saved = Language(s_language);
        HuggingFaceFolder.Save(saved, _folder.Path);
        File.Delete(_folder.File("model.safetensors"));
        var tensors = ModuleWeights.Named(saved);
        SafetensorsWriter.Write(_folder.File("a.safetensors"), [.. tensors.Take(5)]);
        SafetensorsWriter.Write(_folder.File("b.safetensors"), [.. tensors.Skip(5)]);
        string map = string.Join(",", tensors.Select((t, i) => $"\"{t.Key}\":\"{(i < 5 ? 'a' : 'b')}.safetensors\""));
        _folder.Write("model.safetensors.index.json", "{\"weight_map\":{" + map + "}}");
        AssertSameWeights(saved, HuggingFaceFolder.LoadQwen2(_folder.Path));
    }

    [Fact]
    public void A_tied_output_layer_in_the_file_is_not_read()
    {
        var saved = Language(s_language with { TieWordEmbeddings = true });
        HuggingFaceFolder.Save(saved, _folder.Path);
        SafetensorsWriter.Write(_folder.File("model.safetensors"), [.. ModuleWeights.Named(saved), KeyValuePair.Create("lm_head.weight", zeros(20, 8))]);
        AssertSameWeights(saved, HuggingFaceFolder.LoadQwen2(_folder.Path));
    }

    [Fact]
    public void An_untied_model_without_its_output_layer_is_an_error()
    {
        var saved = Language(s_language);
        HuggingFaceFolder.Save(saved, _folder.Path);
        SafetensorsWriter.Write(_folder.File("model.safetensors"), ModuleWeights.Named(saved, tied: ["lm_head.weight"]));
        Assert.Equal($"{_folder.File("model.safetensors")}: it holds no lm_head.weight, but tie_word_embeddings in config.json is false or absent. "
            + "Set it to true if the output layer is the embedding table; otherwise the weights are incomplete.",
            Assert.Throws<MalformedInputException>(() => HuggingFaceFolder.LoadQwen2(_folder.Path)).Message);
    }

    [Fact]
    public void The_text_tower_is_ignored_only_where_the_configuration_has_one()
    {
        var saved = Vision(s_vision);
        HuggingFaceFolder.Save(saved, _folder.Path);
        SafetensorsWriter.Write(_folder.File("model.safetensors"),
            [.. ModuleWeights.Named(saved), .. SafetensorsBytes.List(("text_model.head.weight", ones(2)), ("logit_scale", ones(1)), ("logit_bias", ones(1)))]);
        var error = Assert.Throws<MalformedInputException>(() => HuggingFaceFolder.LoadSiglipVision(_folder.Path));
        Assert.Contains("3 tensors do not fit the model: 'logit_bias' is unexpected", error.Message, StringComparison.Ordinal);

        string vision = File.ReadAllText(_folder.File("config.json"));
        _folder.Write("config.json", """{"model_type":"siglip","vision_config":""" + vision + "}");
        AssertSameWeights(saved, HuggingFaceFolder.LoadSiglipVision(_folder.Path));
    }

    [Fact]
    public void The_head_is_left_out_on_request()
    {
        var saved = Vision(s_vision);
        HuggingFaceFolder.Save(saved, _folder.Path);
        var loaded = HuggingFaceFolder.LoadSiglipVision(_folder.Path, withHead: false);
        Assert.False(loaded.Config.UseHead);
        Assert.DoesNotContain(loaded.state_dict().Keys, name => name.StartsWith("vision_model.head.", StringComparison.Ordinal));
        foreach (var (name, tensor) in loaded.state_dict())
            SafetensorsBytes.AssertSame(saved.state_dict()[name], tensor);
    }

    [Fact]
    public void Buffers_that_old_versions_saved_are_ignored()
    {
        var vision = Vision(s_vision);
        HuggingFaceFolder.Save(vision, _folder.Path);
        SafetensorsWriter.Write(_folder.File("model.safetensors"), [.. ModuleWeights.Named(vision), KeyValuePair.Create("vision_model.embeddings.position_ids", arange(4).unsqueeze(0))]);
        AssertSameWeights(vision, HuggingFaceFolder.LoadSiglipVision(_folder.Path));
        var language = Language(s_language);
        HuggingFaceFolder.Save(language, _folder.Path);
        SafetensorsWriter.Write(_folder.File("model.safetensors"), [.. ModuleWeights.Named(language), KeyValuePair.Create("model.layers.0.self_attn.rotary_emb.inv_freq", ones(1))]);
        AssertSameWeights(language, HuggingFaceFolder.LoadQwen2(_folder.Path));
    }

    [Fact]
    public void A_configuration_that_asks_for_more_than_the_file_has_takes_no_memory()
    {
        HuggingFaceFolder.Save(Language(s_language), _folder.Path);
        _folder.Write("config.json", """{"model_type":"qwen2","vocab_size":16000000,"hidden_size":131072,"intermediate_size":131072,"num_hidden_layers":2,"num_attention_heads":4,"num_key_value_heads":2}"""); // terabytes
        var error = Assert.Throws<MalformedInputException>(() => HuggingFaceFolder.LoadQwen2(_folder.Path));
        Assert.Contains("'model.embed_tokens.weight' has shape [20, 8], expected [16000000, 131072]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Loading_and_failing_to_load_leave_no_tensors_behind()
    {
        HuggingFaceFolder.Save(Language(s_language), _folder.Path);
        string good = File.ReadAllText(_folder.File("config.json"));
        HuggingFaceFolder.LoadQwen2(_folder.Path).Dispose();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 5; i++)
        {
            _folder.Write("config.json", good);
            HuggingFaceFolder.LoadQwen2(_folder.Path).Dispose();
            _folder.Write("config.json", good.Replace("\"vocab_size\": 20", "\"vocab_size\": 21", StringComparison.Ordinal));
            Assert.Throws<MalformedInputException>(() => HuggingFaceFolder.LoadQwen2(_folder.Path));
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Paths_that_lead_nowhere_are_named()
    {
        Assert.Equal($"There is no folder {_folder.File("x")}.", Assert.Throws<DirectoryNotFoundException>(() => HuggingFaceFolder.LoadQwen2(_folder.File("x"))).Message);
        Assert.StartsWith($"There is no file {_folder.File("config.json")}.", Assert.Throws<FileNotFoundException>(() => HuggingFaceFolder.LoadSiglipVision(_folder.Path)).Message, StringComparison.Ordinal);
        string file = _folder.Write("model.safetensors", "");
        Assert.StartsWith($"{file}: it is a file, not a folder.", Assert.Throws<MalformedInputException>(() => HuggingFaceFolder.LoadQwen2(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vision", "expected.safetensors", false)]
    [InlineData("vision", "expected_interpolate_84x84.safetensors", true)]
    [InlineData("vision-bf16", "expected_fp32compute.safetensors", false)]
    [InlineData("full", "expected.safetensors", false)]
    public void Published_vision_weights_give_the_reference_features(string variant, string expectedFile, bool interpolatePositions)
    {
        string folder = GoldenData.Path("siglip-tiny", variant);
        var model = HuggingFaceFolder.LoadSiglipVision(folder);
        using var expected = SafetensorsFile.Open(Path.Combine(folder, expectedFile));
        using var unrecorded = no_grad();
        var patches = model.Encode(expected.Read("pixel_values"), interpolatePositions);
        AssertClose(expected.Read("last_hidden_state"), patches, 1e-4);
        AssertClose(expected.Read("pooler_output"), model.Pool(patches), 1e-4);
    }

    [Fact]
    public void Published_bf16_weights_stay_as_they_are_when_asked_for()
    {
        string folder = GoldenData.Path("siglip-tiny", "vision-bf16");
        Assert.Equal(ScalarType.BFloat16, HuggingFaceConfig.StoredType(folder));
        var model = HuggingFaceFolder.LoadSiglipVision(folder, ScalarType.BFloat16);
        using var file = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        foreach (var (name, tensor) in model.state_dict())
            SafetensorsBytes.AssertSame(file.Read(name), tensor);
    }

    [Fact]
    public void Published_language_weights_give_the_reference_logits_whole_and_sharded()
    {
        string folder = GoldenData.Path("qwen2-tiny", "tied");
        using var expected = SafetensorsFile.Open(Path.Combine(folder, "expected_causal.safetensors"));
        using var unrecorded = no_grad();
        var model = HuggingFaceFolder.LoadQwen2(folder);
        AssertClose(expected.Read("logits"), model.forward(expected.Read("input_ids")), 3e-4);

        File.Copy(Path.Combine(folder, "config.json"), _folder.File("config.json"));
        var tensors = ModuleWeights.Named(model);
        for (int shard = 0; shard < 3; shard++)
            SafetensorsWriter.Write(_folder.File($"{shard}.safetensors"), [.. tensors.Where((_, i) => i % 3 == shard)]);
        _folder.Write("model.safetensors.index.json", "{\"weight_map\":{" + string.Join(",", tensors.Select((t, i) => $"\"{t.Key}\":\"{i % 3}.safetensors\"")) + "}}");
        AssertSameWeights(model, HuggingFaceFolder.LoadQwen2(_folder.Path));
    }

    private static void AssertSameWeights(nn.Module expected, nn.Module actual)
    {
        var (first, second) = (expected.state_dict(), actual.state_dict());
        Assert.Equal(first.Keys.Order(), second.Keys.Order());
        foreach (var (name, tensor) in first)
            SafetensorsBytes.AssertSame(tensor, second[name]);
    }

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((expected - actual).abs().max().item<float>(), 0, tolerance);
    }

    private static SiglipVisionModel Vision(SiglipVisionConfig config, ScalarType dtype = ScalarType.Float32)
    {
        var model = new SiglipVisionModel(config, dtype);
        WeightInitializer.Initialize(model, 1);
        return model;
    }

    private static Qwen2ForCausalLM Language(Qwen2Config config, ScalarType dtype = ScalarType.Float32, ulong seed = 1)
    {
        var model = new Qwen2ForCausalLM(config, dtype);
        WeightInitializer.Initialize(model, seed);
        return model;
    }
}
