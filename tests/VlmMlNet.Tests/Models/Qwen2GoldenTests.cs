using TorchSharp.Modules;
using VlmMlNet.Generation;
using VlmMlNet.ModelFolders;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Safetensors;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Models;

public sealed class Qwen2GoldenTests
{
    private static SafetensorsFile Golden(string name) => SafetensorsFile.Open(GoldenData.Path("qwen2-tiny", "tied", name));

    private static Qwen2ForCausalLM Model() => HuggingFaceFolder.LoadQwen2(GoldenData.Path("qwen2-tiny", "tied"));

    [Fact]
    public void Causal_logits_and_every_layer_equal_the_reference()
    {
        using var expected = Golden("expected_causal.safetensors");
        using var model = Model();
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        var ids = expected.Read("input_ids");
        var batch = TestBatch.Of(ids, ones_like(ids));
        var layers = new List<Tensor>();
        using var mask = AttentionMask.Create(AttentionMaskKind.Causal, batch.Batch, batch.Length, batch.Valid, batch.ImageBlock);
        var positions = tensor(VisionLanguageNetwork.PositionIds(batch), [batch.Batch, batch.Length]);

        var hidden = model.Hidden(model.Embed(ids), positions, mask, cache: null, layers);

        TensorAssert.Near(expected.Read("logits"), model.Logits(hidden), 3e-4);
        TensorAssert.Near(expected.Read("logits"), model.forward(ids), 3e-4);
        for (int i = 0; i < 4; i++)
            TensorAssert.Near(expected.Read($"hidden_states.{i}"), layers[i], 3e-4);
    }

    [Theory]
    [InlineData("expected_rightpad.safetensors")]
    [InlineData("expected_leftpad.safetensors")]
    public void Padding_on_either_side_changes_no_logit(string file)
    {
        using var expected = Golden(file);
        using var model = Model();
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        var attended = expected.Read("attention_mask");
        var batch = TestBatch.Of(expected.Read("input_ids"), attended);
        using var mask = AttentionMask.Create(AttentionMaskKind.Causal, batch.Batch, batch.Length, batch.Valid, batch.ImageBlock);
        var positions = tensor(VisionLanguageNetwork.PositionIds(batch), [batch.Batch, batch.Length]);

        var logits = model.Logits(model.Hidden(model.Embed(expected.Read("input_ids")), positions, mask));

        var kept = attended.to(ScalarType.Bool);
        TensorAssert.Near(expected.Read("logits")[kept], logits[kept], 3e-4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Greedy_tokens_with_a_cache_equal_the_reference(int row)
    {
        using var expected = Golden("expected_greedy16.safetensors");
        using var model = Model();
        using var network = new TestNetwork(model);
        using var scope = NewDisposeScope();
        var prompt = expected.Read($"row{row}.prompt").unsqueeze(0);
        var logits = new List<Tensor>();

        int[] tokens = GreedyDecoder.Generate(network.Network, TestBatch.Of(prompt, ones_like(prompt)), null, [], 16, AttentionMaskKind.Causal, l => logits.Add(l.DetachFromDisposeScope()))[0];

        Assert.Equal(expected.Read($"row{row}.tokens").data<long>().ToArray().Select(t => (int)t), tokens);
        TensorAssert.Near(expected.Read($"row{row}.step_logits"), cat(logits), 3e-4);
    }

    [Fact]
    public void Prompts_of_unequal_length_decoded_together_give_the_tokens_of_each_alone()
    {
        using var expected = Golden("expected_greedy16.safetensors");
        using var model = Model();
        using var network = new TestNetwork(model);
        using var scope = NewDisposeScope();
        var prompts = Enumerable.Range(0, 3).Select(r => expected.Read($"row{r}.prompt").data<long>().ToArray()).ToList();

        var tokens = GreedyDecoder.Generate(network.Network, TestBatch.LeftPadded(prompts), null, [], 16, AttentionMaskKind.Causal);

        for (int row = 0; row < 3; row++)
            Assert.Equal(expected.Read($"row{row}.tokens").data<long>().ToArray().Select(t => (int)t), tokens[row]);
    }

    [Fact]
    public void Loss_and_gradients_equal_the_reference()
    {
        using var expected = Golden("expected_loss.safetensors");
        using var model = Model();
        using var network = new TestNetwork(model);
        using var scope = NewDisposeScope();
        foreach (Parameter parameter in model.parameters())
            parameter.requires_grad = true;
        var batch = TestBatch.Of(expected.Read("input_ids"), expected.Read("attention_mask"), expected.Read("labels"));

        var (sum, count) = network.Network.NegativeLogLikelihood(batch, null, AttentionMaskKind.Causal);
        var loss = sum / count;
        loss.backward();

        TensorAssert.Near(expected.Read("loss").reshape([]), loss, 1e-5);
        var gradients = model.named_parameters().ToDictionary(p => "grad." + p.name, p => p.parameter.grad);
        foreach (string name in expected.Tensors.Keys.Where(k => k.StartsWith("grad.", StringComparison.Ordinal)))
            TensorAssert.Near(expected.Read(name), gradients[name]!, 1e-6, relative: 1e-3);
    }
}
