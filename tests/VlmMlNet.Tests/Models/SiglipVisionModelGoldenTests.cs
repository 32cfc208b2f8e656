using VlmMlNet.ModelFolders;
using VlmMlNet.Safetensors;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Models;

public sealed class SiglipVisionModelGoldenTests
{
    [Theory]
    [InlineData("vision", "expected.safetensors")]
    [InlineData("vision-bf16", "expected_fp32compute.safetensors")]
    public void Every_layer_equals_the_reference(string folder, string expectedFile)
    {
        using var expected = SafetensorsFile.Open(GoldenData.Path("siglip-tiny", folder, expectedFile));
        using var model = HuggingFaceFolder.LoadSiglipVision(GoldenData.Path("siglip-tiny", folder));
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        var layers = new List<Tensor>();

        var patches = model.Encode(expected.Read("pixel_values"), interpolatePositions: false, layers);

        TensorAssert.Near(expected.Read("last_hidden_state"), patches, 1e-4);
        TensorAssert.Near(expected.Read("pooler_output"), model.Pool(patches), 1e-4);
        Assert.Equal(4, layers.Count);
        for (int i = 0; i < layers.Count; i++)
            TensorAssert.Near(expected.Read($"hidden_states.{i}"), layers[i], 1e-4);
    }

    [Fact]
    public void Positions_are_interpolated_for_a_larger_picture()
    {
        using var expected = SafetensorsFile.Open(GoldenData.Path("siglip-tiny", "vision", "expected_interpolate_84x84.safetensors"));
        using var model = HuggingFaceFolder.LoadSiglipVision(GoldenData.Path("siglip-tiny", "vision"));
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();

        var patches = model.Encode(expected.Read("pixel_values"), interpolatePositions: true);

        TensorAssert.Near(expected.Read("last_hidden_state"), patches, 1e-4);
        TensorAssert.Near(expected.Read("pooler_output"), model.Pool(patches), 1e-4);
    }

    [Fact]
    public void The_vision_tower_of_a_two_tower_checkpoint_equals_the_reference()
    {
        using var expected = SafetensorsFile.Open(GoldenData.Path("siglip-tiny", "full", "expected.safetensors"));
        using var model = HuggingFaceFolder.LoadSiglipVision(GoldenData.Path("siglip-tiny", "full"));
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();

        var patches = model.forward(expected.Read("pixel_values"));

        TensorAssert.Near(expected.Read("last_hidden_state"), patches, 1e-4);
        TensorAssert.Near(expected.Read("pooler_output"), model.Pool(patches), 1e-4);
    }
}
