using System.Text.Json.Nodes;
using Microsoft.ML;
using VlmMlNet.Components.Catalog;
using VlmMlNet.ModelFolders;
using VlmMlNet.ModelFolders.Adapters;
using VlmMlNet.Models.Lora;
using VlmMlNet.Safetensors;
using VlmMlNet.Tests.Components;
using VlmMlNet.Tests.Data;
using VlmMlNet.Tests.Files;
using VlmMlNet.Tests.Models;
using VlmMlNet.Training;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.ModelFolders;

public sealed class AdapterFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly VisionLanguageModel _model = TinyModel.Create();
    private readonly VisionLanguageCatalog _vlm = new MLContext(seed: 1).VisionLanguage();

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    private string At(params string[] parts) => Path.Combine([_folder.Path, .. parts]);

    private VisionLanguageModel Trained() => StageTrainer.Train(_model, TinyModel.Colours(12), TrainingStage.FullFineTuning with
    {
        BatchSize = 6,
        VisionLearningRate = 1e-2,
        LanguageLearningRate = 1e-2,
        ProjectorLearningRate = null,
        VisionLora = new LoraOptions { Rank = 2, Targets = ["fc1"] },
        LanguageLora = new LoraOptions { Rank = 3, Targets = ["q_proj", "down_proj"] },
    }).Model;

    private static void AssertSame(VisionLanguageModel expected, VisionLanguageModel actual)
    {
        foreach (var (a, b) in new (nn.Module, nn.Module)[] { (expected.Network.Vision, actual.Network.Vision), (expected.Network.Language, actual.Network.Language) })
        {
            var weights = ModuleWeights.Named(b).ToDictionary();
            Assert.All(ModuleWeights.Named(a), w => Assert.True(TensorAssert.BitEqual(w.Value, weights[w.Key]), w.Key));
        }
    }

    /// <summary>An adapter folder of the language model.</summary>
    private string Saved(Action<JsonObject>? change = null)
    {
        using var trained = Trained();
        _vlm.SaveAdapters(trained, _folder.Path);
        string folder = At("language_adapter"), path = Path.Combine(folder, AdapterConfigFile.FileName);
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change?.Invoke(config);
        File.WriteAllText(path, config.ToJsonString());
        return folder;
    }

    [Fact]
    public void A_saved_model_has_its_adapters_merged_and_keeps_them_beside()
    {
        using var trained = Trained();
        ModelFolder.Save(trained, _folder.Path);

        using var loaded = ModelFolder.Load(_folder.Path);
        AssertSame(trained, loaded);
        Assert.Equal(trained.LanguageAdapter!.LayerNames, loaded.LanguageAdapter!.LayerNames);
        Assert.Equal((3, 2), (loaded.LanguageAdapter.Rank, loaded.VisionAdapter!.Rank));
        using (var applied = _vlm.ApplyAdapter(_model, _folder.Path)) // to the model before, from the trained one's folder
            AssertSame(trained, applied);
        using (var small = ModelFolder.Load(_folder.Path, precision: WeightPrecision.Int8))
            Assert.Null(small.LanguageAdapter);

        ModelFolder.Save(_model, _folder.Path);
        Assert.Empty(Directory.GetDirectories(_folder.Path)); // they were another model's
    }

    [Fact]
    public void Backbones_are_loaded_with_adapters()
    {
        BackboneFolders.WriteVision(At("vision"));
        BackboneFolders.WriteLanguage(At("language"));
        using var plain = _vlm.LoadBackbones(At("vision"), At("language"));
        Saved();

        using var adapted = _vlm.LoadBackbones(new BackboneOptions { VisionFolder = At("vision"), LanguageFolder = At("language"), LanguageAdapter = At("language_adapter"), VisionAdapter = At("vision_adapter") });
        using var applied = _vlm.ApplyAdapter(plain, _folder.Path);

        AssertSame(applied, adapted);
        Assert.Equal((3, 2), (adapted.LanguageAdapter!.Rank, adapted.VisionAdapter!.Rank));
        Assert.Contains(ModuleWeights.Named(plain.Network.Language), w => !TensorAssert.BitEqual(w.Value, adapted.Network.Language.state_dict()[w.Key]));
        using var small = adapted.WithPrecision(WeightPrecision.Int8);
        Assert.Throws<InvalidOperationException>(() => _vlm.ApplyAdapter(small, _folder.Path));
        Assert.Throws<InvalidOperationException>(() => _vlm.SaveAdapters(plain, At("none")));
    }

    [Theory]
    [InlineData("peft_type", "\"LOHA\"")]
    [InlineData("bias", "\"all\"")]
    [InlineData("use_dora", "true")]
    [InlineData("modules_to_save", "[\"lm_head\"]")]
    [InlineData("trainable_token_indices", "[1]")]
    [InlineData("target_parameters", "[\"x\"]")]
    [InlineData("lora_bias", "true")]
    [InlineData("layer_replication", "[[0, 1]]")]
    [InlineData("init_lora_weights", "\"pissa_niter_16\"")]
    [InlineData("something_of_next_year", "3")]
    [InlineData("r", "0")]
    [InlineData("r", "\"4\"")]
    [InlineData("lora_alpha", "null")]
    [InlineData("rank_pattern", "{\"q_proj\": 0}")]
    [InlineData("alpha_pattern", "{\"q_proj\": \"8\"}")]
    [InlineData("target_modules", "[]")]
    [InlineData("target_modules", "null")]
    [InlineData("target_modules", "\"(\"")]
    [InlineData("target_modules", "[\"c_attn\"]")]
    [InlineData("target_modules", "[\"q_proj\", \"embed_tokens\"]")]
    public void What_is_not_supported_is_refused_by_name(string key, string value)
    {
        string folder = Saved(config => config[key] = JsonNode.Parse(value));
        var error = Assert.Throws<MalformedInputException>(() => _vlm.ApplyAdapter(_model, folder));
        Assert.Contains(AdapterConfigFile.FileName, error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Contains(key, StringComparison.Ordinal) || key == "target_modules" || key.EndsWith("pattern", StringComparison.Ordinal), error.Message);
    }

    [Fact]
    public void What_changes_nothing_is_read_over()
    {
        string folder = Saved(config =>
        {
            config["modules_to_save"] = null;
            config["loftq_config"] = new JsonObject();
            config["megatron_config"] = null;
            config["megatron_core"] = "megatron.core";
            config["fan_in_fan_out"] = true; // of linear layers PEFT takes it back
            config["use_dora"] = null;
            config["use_qalora"] = false;
            config["qalora_group_size"] = 16;
            config["init_lora_weights"] = "gaussian";
            config["layers_to_transform"] = new JsonArray(0, 1);
            config["target_modules"] = @".*\.(q|down)_proj";
            config.Remove("layers_to_transform");
        });
        using var applied = _vlm.ApplyAdapter(_model, folder);
        using var trained = Trained();
        var weights = ModuleWeights.Named(applied.Network.Language).ToDictionary();
        Assert.All(ModuleWeights.Named(trained.Network.Language), w => Assert.True(TensorAssert.BitEqual(w.Value, weights[w.Key]), w.Key));
    }

    [Fact]
    public void Scales_follow_the_configuration()
    {
        double Scaling(string layer, Action<JsonObject> change) => AdapterFolder.Load(Saved(change), _model.Network.Language).Layers.First(l => l.Layer.EndsWith(layer, StringComparison.Ordinal)).Scaling;

        Assert.Equal(12 / Math.Sqrt(3), Scaling("q_proj", c => (c["use_rslora"], c["lora_alpha"]) = (true, 12)));
        Assert.Equal(5.0 / 3, Scaling("down_proj", c => c["alpha_pattern"] = new JsonObject { ["mlp.down_proj"] = 5 }));
        Assert.Equal(32.0 / 3, Scaling("q_proj", c => c["alpha_pattern"] = new JsonObject { ["mlp.down_proj"] = 5 }));
    }

    [Fact]
    public void Tensors_that_do_not_fit_are_told_in_one_error()
    {
        string folder = Saved(), path = Path.Combine(folder, AdapterFolder.FileName);
        File.WriteAllText(Path.Combine(folder, AdapterConfigFile.FileName), File.ReadAllText(Path.Combine(folder, AdapterConfigFile.FileName)).Replace("\"r\":3", "\"r\":4", StringComparison.Ordinal));
        Assert.Contains("has shape [3, 16], expected [4, 16]", Assert.Throws<MalformedInputException>(() => _vlm.ApplyAdapter(_model, folder)).Message, StringComparison.Ordinal);

        Saved();
        using (var other = new VlmMlNet.Models.Qwen2.Qwen2ForCausalLM(_model.Network.Language.Config with { NumHiddenLayers = 3 }, ScalarType.Float32, META))
            Assert.Contains("is missing", Assert.Throws<MalformedInputException>(() => AdapterFolder.Load(folder, other)).Message, StringComparison.Ordinal);
        using (var other = new VlmMlNet.Models.Qwen2.Qwen2ForCausalLM(_model.Network.Language.Config with { NumHiddenLayers = 1 }, ScalarType.Float32, META))
            Assert.Contains("is unexpected", Assert.Throws<MalformedInputException>(() => AdapterFolder.Load(folder, other)).Message, StringComparison.Ordinal);
        Assert.Throws<MalformedInputException>(() => AdapterFolder.Load(folder, _model.Network.Vision));

        File.Move(path, Path.Combine(folder, "adapter_model.bin"));
        Assert.Contains("Pickles are never loaded", Assert.Throws<MalformedInputException>(() => _vlm.ApplyAdapter(_model, folder)).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(folder, "adapter_model.bin"));
        Assert.Throws<FileNotFoundException>(() => _vlm.ApplyAdapter(_model, folder));
        Assert.Throws<FileNotFoundException>(() => _vlm.ApplyAdapter(_model, Directory.CreateDirectory(At("empty")).FullName));
        Assert.Throws<DirectoryNotFoundException>(() => _vlm.ApplyAdapter(_model, At("absent")));
    }

    [Fact]
    public void Adapters_of_a_decoder_without_its_output_layer_are_those_of_the_whole()
    {
        string folder = Saved(), path = Path.Combine(folder, AdapterFolder.FileName);
        var expected = AdapterFolder.Load(folder, _model.Network.Language).LayerNames;
        using (var scope = NewDisposeScope())
        {
            using var file = SafetensorsFile.Open(path);
            var tensors = file.Tensors.Keys.Select(name => KeyValuePair.Create(name.Replace("base_model.model.model.", "base_model.model.", StringComparison.Ordinal), file.Read(name).to(ScalarType.BFloat16))).ToList();
            SafetensorsWriter.Write(path, tensors);
        }
        Assert.Equal(expected, AdapterFolder.Load(folder, _model.Network.Language).LayerNames);
    }

    [Theory]
    [InlineData(AdapterConfigFile.FileName, 150)]
    [InlineData(AdapterFolder.FileName, 100)]
    public void A_damaged_file_gives_the_adapter_or_one_error_that_names_a_file(string name, int few)
    {
        string folder = Saved(), path = Path.Combine(folder, name);
        byte[] file = File.ReadAllBytes(path);
        int readable = 0, refused = 0;
        for (int seed = 0; seed < Mutator.Count(few); seed++)
        {
            File.WriteAllBytes(path, new Mutator(seed).Mutate(file));
            try
            {
                AdapterFolder.Load(folder, _model.Network.Language);
                readable++;
            }
            catch (MalformedInputException e)
            {
                Assert.Contains(folder, e.Message, StringComparison.Ordinal);
                refused++;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed} of {name}.", e);
            }
        }
        Assert.True(readable > 0 && refused > 0, $"{readable} readable, {refused} refused: the mutations test nothing.");
    }
}
