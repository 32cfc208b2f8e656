using VlmMlNet.Cpu.Language;
using VlmMlNet.Cpu.Packing;
using VlmMlNet.ModelFolders;
using VlmMlNet.ModelFolders.Adapters;
using VlmMlNet.Models.Layers;
using VlmMlNet.Models.Lora;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Safetensors;
using VlmMlNet.Tests.Files;
using VlmMlNet.Tests.Models;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.ModelFolders;

/// <summary>An adapter that PEFT trained, on the tiny Qwen2, against PEFT's numbers.</summary>
public sealed class AdapterGoldenTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _adapter = GoldenData.Path("turn2", "lora-qwen2-tiny", "qv");
    private readonly Qwen2ForCausalLM _model = HuggingFaceFolder.LoadQwen2(GoldenData.Path("qwen2-tiny", "tied"));

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    private SafetensorsFile Expected() => SafetensorsFile.Open(Path.Combine(_adapter, "expected.safetensors"));

    [Fact]
    public void Merged_weights_and_their_logits_are_those_of_PEFT()
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        using var expected = Expected();
        var adapter = AdapterFolder.Load(_adapter, _model);
        using var merged = adapter.Merge(_model, new Qwen2ForCausalLM(_model.Config));

        foreach (string name in expected.Tensors.Keys.Where(n => n.StartsWith("merged.", StringComparison.Ordinal)))
            TensorAssert.Near(expected.Read(name), merged.state_dict()[name["merged.".Length..]], 1e-6);
        TensorAssert.Near(expected.Read("logits"), merged.forward(expected.Read("input_ids")), 5e-4);
        Assert.True((expected.Read("logits") - _model.forward(expected.Read("input_ids"))).abs().max().item<float>() > 0.05); // it matters

        adapter.MergeInto(_model);
        Assert.All(merged.state_dict(), w => Assert.True(TensorAssert.BitEqual(w.Value, _model.state_dict()[w.Key]), w.Key));
    }

    [Fact]
    public void Logits_beside_the_weights_are_those_of_PEFT()
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        using var expected = Expected();
        Attach(AdapterFolder.Load(_adapter, _model));

        TensorAssert.Near(expected.Read("logits_unmerged"), _model.forward(expected.Read("input_ids")), 5e-4);
    }

    [Theory]
    [InlineData(WeightPrecision.Float32)]
    public void The_engine_of_the_processor_decodes_what_PEFT_decodes(WeightPrecision precision)
    {
        using var scope = NewDisposeScope();
        using var expected = Expected();
        AdapterFolder.Load(_adapter, _model).MergeInto(_model);
        using var decoder = new PackedDecoder(ModelPacker.Pack(_model, precision));
        using var session = decoder.OpenSession(1, 64);
        int[] prompt = [.. expected.Read("greedy_prompt").data<long>().ToArray().Select(id => (int)id)];
        long[] tokens = expected.Read("greedy_tokens").data<long>().ToArray();
        var steps = expected.Read("greedy_step_logits");

        session.Append(0, prompt);
        for (int i = 0; i < tokens.Length; i++)
        {
            TensorAssert.Near(steps[i], tensor(session.Logits(0).ToArray()), 5e-4);
            Assert.Equal(tokens[i], session.MostLikely(0));
            session.Step([0], [session.MostLikely(0)]);
        }
    }

    [Fact]
    public void A_saved_adapter_is_loaded_with_the_same_bits_and_has_the_names_and_settings_of_PEFT()
    {
        var adapter = AdapterFolder.Load(_adapter, _model);
        AdapterFolder.Save(adapter, _model, _folder.Path);

        using var saved = SafetensorsFile.Open(_folder.File(AdapterFolder.FileName));
        using var original = SafetensorsFile.Open(Path.Combine(_adapter, AdapterFolder.FileName));
        Assert.Equal(original.Tensors.Keys.Order(), saved.Tensors.Keys.Order());
        Assert.All(original.Tensors.Keys, name =>
        {
            using var scope = NewDisposeScope();
            Assert.True(TensorAssert.BitEqual(original.Read(name), saved.Read(name)), name);
        });
        var root = ConfigSection.Open(_folder.File(AdapterConfigFile.FileName));
        Assert.Equal(["q_proj", "v_proj"], root.Texts("target_modules"));
        Assert.Equal((4, 8), (root.Whole("r", 0, 1, 99), root.Whole("lora_alpha", 0, 1, 99)));
        Assert.Equal(adapter.Layers.Select(l => (l.Layer, l.Rank, l.Scaling)), AdapterFolder.Load(_folder.Path, _model).Layers.Select(l => (l.Layer, l.Rank, l.Scaling)));
    }

    private void Attach(LoraAdapter adapter)
    {
        var layers = _model.named_modules().ToDictionary(m => m.name, m => m.module);
        foreach (var matrices in adapter.Layers)
        {
            var layer = (LinearLayer)layers[matrices.Layer];
            var branch = new LoraBranch(layer, matrices.Rank, matrices.Scaling, dropout: null, index: 0);
            branch.lora_A.weight.copy_(matrices.TensorA());
            branch.lora_B.weight.copy_(matrices.TensorB());
            layer.Attach(branch);
        }
    }
}
