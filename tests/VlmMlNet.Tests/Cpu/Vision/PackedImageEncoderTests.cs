using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Packing;
using VlmMlNet.Cpu.Vision;
using VlmMlNet.Models;
using VlmMlNet.Models.Siglip;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Cpu.Vision;

public sealed class PackedImageEncoderTests
{
    // Widths, heads and patches that are no multiples of anything that the kernels are made of.
    private static SiglipVisionConfig Config(string activation = Activation.GeluTanh) => new()
    {
        HiddenSize = 72, IntermediateSize = 100, NumHiddenLayers = 3, NumAttentionHeads = 4, ImageSize = 35, PatchSize = 7, HiddenAct = activation,
    };

    private static SiglipVisionModel CreateModel(SiglipVisionConfig config)
    {
        var model = new SiglipVisionModel(config);
        WeightInitializer.Initialize(model, 5);
        using var unrecorded = no_grad();
        using var generator = new Generator(7);
        foreach (var (name, parameter) in model.named_parameters())
            if (name.EndsWith("bias", StringComparison.Ordinal))
                parameter.copy_(randn(parameter.shape, generator: generator) * 0.1);
        return model;
    }

    private static Tensor Pixels(SiglipVisionConfig config, int pictures)
    {
        using var generator = new Generator(3);
        return rand([pictures, 3, config.ImageSize, config.ImageSize], generator: generator) * 2 - 1;
    }

    private static PackedImageEncoder Pack(SiglipVisionModel model, KernelSet? kernels = null) =>
        new(ModelPacker.Pack(PackedVision.Factory(model.Config), model), kernels);

    [Theory]
    [InlineData(Activation.GeluTanh)]
    [InlineData(Activation.Gelu)]
    [InlineData(Activation.QuickGelu)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Silu)]
    public void Its_features_are_near_those_of_the_weights_before_rounding(string activation)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        using var model = CreateModel(Config(activation));
        using var packed = Pack(model);
        var pixels = Pixels(model.Config, 3);
        var expected = model.forward(pixels);
        var error = (packed.Encode(pixels) - expected).norm() / expected.norm();
        Assert.InRange(error.item<float>(), 1e-6f, 0.02f);
    }

    [Fact]
    public void Every_width_and_number_of_threads_gives_the_same_bits_and_pictures_together_those_of_each_alone()
    {
        using var scope = NewDisposeScope();
        using var model = CreateModel(Config());
        var pixels = Pixels(model.Config, 30); // more patches than one pass takes
        float[]? expected = null;
        foreach (var kernels in KernelSet.Supported)
        {
            using var packed = Pack(model, kernels);
            float[] together = packed.Encode(pixels).data<float>().ToArray();
            float[] alone = [.. Enumerable.Range(0, 30).SelectMany(i => packed.Encode(pixels.narrow(0, i, 1)).data<float>().ToArray())];
            expected ??= together;
            Assert.Equal(expected, together);
            Assert.Equal(expected, alone);
        }
    }

    [Fact]
    public void A_projector_in_bytes_gives_nearly_what_its_floats_give()
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        using var projector = new MlpProjector(new ProjectorConfig { VisionHiddenSize = 72, HiddenSize = 150, TextHiddenSize = 40 });
        WeightInitializer.Initialize(projector, 4);
        projector.linear_1.bias!.fill_(0.3);
        projector.linear_2.bias!.fill_(-0.2);
        using var generator = new Generator(3);
        var features = randn([25, 25, 72], generator: generator);
        var expected = projector.forward(features);
        foreach (var kernels in KernelSet.Supported)
        {
            using var packed = new PackedProjection(ModelPacker.Pack(PackedProjector.Factory(projector.Config), projector), kernels);
            var error = (packed.Project(features) - expected).norm() / expected.norm();
            Assert.InRange(error.item<float>(), 1e-6f, 0.02f);
        }
    }
}
