using TorchSharp;
using VlmMlNet.ModelFolders;
using VlmMlNet.Safetensors;
using VlmMlNet.Tests.Components;
using VlmMlNet.Tests.Files;
using VlmMlNet.Tests.Safetensors;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.ModelFolders;

/// <summary>Weights as others write them: without the outer module's prefix, with buffers that no one reads, with an index that
/// lists what is not stored.</summary>
public sealed class PublishedWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_vision_tower_loads_without_the_prefix_of_its_outer_module(bool withHead)
    {
        BackboneFolders.WriteVision(_folder.Path);
        var expected = HuggingFaceFolder.LoadSiglipVision(_folder.Path, withHead: withHead);
        Rewrite(name => name["vision_model.".Length..], ("embeddings.position_ids", arange(4).reshape(1, 4)));
        AssertSame(expected, HuggingFaceFolder.LoadSiglipVision(_folder.Path, withHead: withHead));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_language_model_loads_without_the_prefix_of_its_outer_module(bool isTied)
    {
        BackboneFolders.WriteLanguage(_folder.Path, TinyModel.Language with { VocabSize = TinyModel.Tokenizer.VocabularySize, TieWordEmbeddings = isTied });
        var expected = HuggingFaceFolder.LoadQwen2(_folder.Path);
        Rewrite(name => name.Replace("model.", "", StringComparison.Ordinal), ("rotary_emb.inv_freq", ones(2)));
        AssertSame(expected, HuggingFaceFolder.LoadQwen2(_folder.Path));
    }

    [Fact]
    public void What_is_missing_is_named_as_whole_models_have_it()
    {
        BackboneFolders.WriteVision(_folder.Path);
        Rewrite(name => name.EndsWith("post_layernorm.bias", StringComparison.Ordinal) ? null : name["vision_model.".Length..]);
        Assert.Contains("'vision_model.post_layernorm.bias' is missing", Assert.Throws<MalformedInputException>(() => HuggingFaceFolder.LoadSiglipVision(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_may_list_a_tied_tensor_that_no_file_holds()
    {
        BackboneFolders.WriteLanguage(_folder.Path);
        var expected = HuggingFaceFolder.LoadQwen2(_folder.Path);
        Shard("lm_head.weight");
        AssertSame(expected, HuggingFaceFolder.LoadQwen2(_folder.Path));
        Assert.Equal("qwen2", FolderSummary.Read(_folder.Path).Kind);
        Shard("model.other");
        Assert.Contains("tensor 'model.other' is said to lie in 'a.safetensors', which does not hold it", Assert.Throws<MalformedInputException>(() => HuggingFaceFolder.LoadQwen2(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("adapter_config.json", "an adapter lies beside the model or in its place")]
    [InlineData("quantize_config.json", "it says that the weights are quantized, which is not supported. Use the model's unquantized weights.")]
    [InlineData("hf_quant_config.json", "it says that the weights are quantized, which is not supported. Use the model's unquantized weights.")]
    public void Files_that_change_the_weights_are_refused(string name, string problem)
    {
        BackboneFolders.WriteVision(_folder.Path);
        string path = _folder.Write(name, "{}");
        Assert.StartsWith($"{path}: {problem}", Assert.Throws<MalformedInputException>(() => HuggingFaceFolder.LoadSiglipVision(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("quantization_config", """{"quant_method": "gptq"}""")]
    [InlineData("compression_config", """{"format": "int-quantized"}""")]
    public void A_configuration_of_quantized_weights_is_refused(string key, string value)
    {
        BackboneFolders.WriteLanguage(_folder.Path);
        string config = File.ReadAllText(_folder.File("config.json"));
        _folder.Write("config.json", $"{{\"{key}\": {value}, {config.TrimStart()[1..]}");
        Assert.Contains($"{key} is {value}; quantized weights are not supported", Assert.Throws<MalformedInputException>(() => HuggingFaceFolder.LoadQwen2(_folder.Path)).Message, StringComparison.Ordinal);
    }

    // Renames or leaves out the stored tensors, and adds others.
    private void Rewrite(Func<string, string?> rename, params (string, Tensor)[] more) =>
        SafetensorsWriter.Write(_folder.File("model.safetensors"), [.. Read().Select(t => (Name: rename(t.Key), t.Value)).Where(t => t.Name is not null).Select(t => KeyValuePair.Create(t.Name!, t.Value)), .. SafetensorsBytes.List(more)]);

    private void Shard(string absent)
    {
        if (!File.Exists(_folder.File("a.safetensors")))
            File.Move(_folder.File("model.safetensors"), _folder.File("a.safetensors"));
        using var file = SafetensorsFile.Open(_folder.File("a.safetensors"));
        _folder.Write("model.safetensors.index.json", $$$"""{"weight_map": {{{{string.Join(',', file.Tensors.Keys.Append(absent).Select(name => $"\"{name}\": \"a.safetensors\""))}}}}}""");
    }

    private List<KeyValuePair<string, Tensor>> Read()
    {
        using var file = SafetensorsFile.Open(_folder.File("model.safetensors"));
        return [.. file.Tensors.Keys.Select(name => KeyValuePair.Create(name, file.Read(name)))];
    }

    private static void AssertSame(nn.Module expected, nn.Module actual)
    {
        foreach (var (name, tensor) in expected.state_dict())
            SafetensorsBytes.AssertSame(tensor, actual.state_dict()[name]);
    }
}
