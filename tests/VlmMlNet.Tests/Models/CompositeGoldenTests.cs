using VlmMlNet.Generation;
using VlmMlNet.ModelFolders;
using VlmMlNet.Models;
using VlmMlNet.Safetensors;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Models;

public sealed class CompositeGoldenTests
{
    private const int ImageTokens = 16;

    private static (VisionLanguageNetwork Network, Action Free) Load()
    {
        var vision = HuggingFaceFolder.LoadSiglipVision(GoldenData.Path("siglip-tiny", "vision"));
        var language = HuggingFaceFolder.LoadQwen2(GoldenData.Path("qwen2-tiny", "tied"));
        var projector = new MlpProjector(new ProjectorConfig { VisionHiddenSize = 64, HiddenSize = 64, TextHiddenSize = 64 });
        using (var checkpoint = Checkpoint.OpenFile(GoldenData.Path("hybrid-mask", "projector.safetensors")))
            ModuleWeights.Load(projector, checkpoint);
        return (new VisionLanguageNetwork(vision, projector, language), () =>
        {
            vision.Dispose();
            language.Dispose();
            projector.Dispose();
        });
    }

    // [16 image][text][pads], as the golden rows are.
    private static TokenBatch Rows(Tensor textIds, Tensor textMask)
    {
        long batch = textIds.shape[0];
        var ids = cat([full([batch, ImageTokens], (long)ImageToken.Id, ScalarType.Int64), textIds], 1);
        var attended = cat([ones([batch, ImageTokens], ScalarType.Int64), textMask], 1);
        return TestBatch.Of(ids.contiguous(), attended.contiguous(), imageTokenCount: ImageTokens);
    }

    [Theory]
    [InlineData(AttentionMaskKind.Hybrid, "hybrid")]
    [InlineData(AttentionMaskKind.Causal, "causal")]
    [InlineData(AttentionMaskKind.Bidirectional, "bidirectional")]
    public void Mask_and_logits_equal_the_reference(AttentionMaskKind kind, string name)
    {
        using var expected = SafetensorsFile.Open(GoldenData.Path("hybrid-mask", "expected_prefix.safetensors"));
        var (network, free) = Load();
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        var batch = Rows(expected.Read("text_ids"), expected.Read("text_mask"));
        var visual = network.VisualTokens(expected.Read("pixel_values"));

        TensorAssert.Near(expected.Read("image_features"), visual, 1e-4);
        var embedded = network.Embed(batch, visual);

        var mask = AttentionMask.Create(kind, batch.Batch, batch.Length, batch.Valid, batch.ImageBlock).squeeze(1);
        var allowed = expected.Read($"allowed.{name}").to(ScalarType.Bool);
        var logits = network.Logits(batch, visual, kind);
        foreach (var (row, length) in new[] { (0L, 25L), (1L, 21L) })
        {
            Assert.True(mask[row].narrow(0, 0, length).equal(allowed[row].narrow(0, 0, length)).all().item<bool>());
            TensorAssert.Near(expected.Read("inputs_embeds")[row].narrow(0, 0, length), embedded[row].narrow(0, 0, length), 1e-4);
            TensorAssert.Near(expected.Read($"logits.{name}")[row].narrow(0, 0, length), logits[row].narrow(0, 0, length), 1e-3);
        }
        free();
    }

    [Theory]
    [InlineData(0, AttentionMaskKind.Hybrid, "")]
    [InlineData(1, AttentionMaskKind.Hybrid, "")]
    [InlineData(0, AttentionMaskKind.Causal, "_causal")]
    [InlineData(1, AttentionMaskKind.Causal, "_causal")]
    public void Greedy_captions_equal_the_reference(int row, AttentionMaskKind kind, string suffix)
    {
        using var expected = SafetensorsFile.Open(GoldenData.Path("hybrid-mask", "expected_greedy12.safetensors"));
        var (network, free) = Load();
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        var prompt = expected.Read($"row{row}.prompt_ids").unsqueeze(0);
        var visual = network.VisualTokens(expected.Read("pixel_values").narrow(0, row, 1));
        var logits = new List<Tensor>();

        int[] tokens = GreedyDecoder.Generate(network, Rows(prompt, ones_like(prompt)), visual, [], 12, kind, l => logits.Add(l.DetachFromDisposeScope()))[0];

        Assert.Equal(expected.Read($"row{row}.tokens{suffix}").data<long>().ToArray().Select(t => (int)t), tokens);
        TensorAssert.Near(expected.Read($"row{row}.step_logits{suffix}"), cat(logits), 1e-3);
        free();
    }
}
