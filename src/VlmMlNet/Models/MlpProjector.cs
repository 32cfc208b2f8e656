using VlmMlNet.Models.Layers;
using VlmMlNet.Runtime;
using VlmMlNet.Tensors;
using static TorchSharp.torch;

namespace VlmMlNet.Models;

/// <summary>Linear, exact GELU, Linear: image features to language-model tokens (LLaVA 1.5's connector; paper section 3).
/// Parameter names are those of Hugging Face's LLaVA: <c>linear_1</c>, <c>linear_2</c>.</summary>
public sealed class MlpProjector : nn.Module<Tensor, Tensor>
{
    internal readonly LinearLayer linear_1;
    internal readonly LinearLayer linear_2;

    /// <summary>Allocates the projector; its weights are undefined until they are loaded or initialised.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="dtype">Type of the weights. Default float32.</param>
    /// <param name="device">Where the weights lie. Default CPU.</param>
    public MlpProjector(ProjectorConfig config, ScalarType dtype = ScalarType.Float32, Device? device = null) : base(nameof(MlpProjector))
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Check();
        Config = config;
        linear_1 = new LinearLayer(config.VisionHiddenSize, config.HiddenSize, hasBias: true, dtype, device ?? CPU);
        linear_2 = new LinearLayer(config.HiddenSize, config.TextHiddenSize, hasBias: true, dtype, device ?? CPU);
        RegisterComponents();
    }

    /// <summary>The shape.</summary>
    public ProjectorConfig Config { get; }

    /// <summary>Projects patch features.</summary>
    /// <param name="x">[B, patches, VisionHiddenSize].</param>
    /// <returns>[B, patches, TextHiddenSize].</returns>
    public override Tensor forward(Tensor x)
    {
        Shape.Check(x, nameof(x), -1, -1, Config.VisionHiddenSize);
        TorchThreads.Join();
        return linear_2.forward(nn.functional.gelu(linear_1.forward(x.to(linear_1.weight.dtype))));
    }
}
