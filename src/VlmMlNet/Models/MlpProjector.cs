using VlmMlNet.Cpu.Vision;
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

    private MlpProjector(PackedProjection packed) : this(packed.Weights.Config, ScalarType.Float32, META) => Packed = packed;

    /// <summary>The weights where they are held in bytes, for projecting only: the module's own then say only what shape they have.</summary>
    internal PackedProjection? Packed { get; }

    /// <summary>Where pictures are taken: the weights' device, and the CPU for weights in bytes.</summary>
    internal Device Device => Packed is null ? linear_1.weight.device : CPU;

    /// <summary>The shape.</summary>
    public ProjectorConfig Config { get; }

    /// <summary>Projects patch features.</summary>
    /// <param name="x">[B, patches, VisionHiddenSize].</param>
    /// <returns>[B, patches, TextHiddenSize].</returns>
    public override Tensor forward(Tensor x)
    {
        Shape.Check(x, nameof(x), -1, -1, Config.VisionHiddenSize);
        if (Packed is not null)
            return Packed.Project(x);
        TorchThreads.Join();
        return linear_2.forward(nn.functional.gelu(linear_1.forward(x.to(linear_1.weight.dtype))));
    }

    /// <summary>Projects as <see cref="forward"/> does; on a CPU each picture has the tokens, to the last bit, that it has in every other batch.</summary>
    internal Tensor ForwardEach(Tensor patches) => Packed is null ? PictureByPicture.Run(patches, forward) : forward(patches);

    /// <summary>A projector whose weights are held in bytes.</summary>
    /// <param name="packed">Disposed with the module.</param>
    internal static MlpProjector Of(PackedProjection packed) => new(packed);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Packed?.Dispose();
        base.Dispose(disposing);
    }
}
