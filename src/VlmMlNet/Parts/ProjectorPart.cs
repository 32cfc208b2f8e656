using VlmMlNet.Cpu.Vision;
using VlmMlNet.Models;
using static TorchSharp.torch;

namespace VlmMlNet.Parts;

/// <summary>The projector.</summary>
internal abstract class ProjectorPart : ModelPart
{
    /// <summary>The shape.</summary>
    public abstract ProjectorConfig Config { get; }

    /// <summary>The TorchSharp module.</summary>
    /// <exception cref="InvalidOperationException">The weights are reduced.</exception>
    public abstract MlpProjector Module { get; }

    /// <summary>Projects the features of pictures; on a CPU each has the tokens, to the last bit, that it has in every other batch.</summary>
    /// <param name="patches">[N, patches, VisionHiddenSize], on <see cref="ModelPart.Device"/>.</param>
    /// <returns>[N, patches, TextHiddenSize].</returns>
    public abstract Tensor Project(Tensor patches);

    /// <summary>The projector that belongs to a language model in a precision: this one, or one of its own. The caller holds it.</summary>
    /// <param name="precision">Null for this one.</param>
    /// <exception cref="InvalidOperationException">This one is held in bytes, and floats are asked for.</exception>
    public abstract ProjectorPart WithPrecision(WeightPrecision? precision);

    /// <summary>Loads a module.</summary>
    public static ProjectorPart Load(IWeightSource source, ProjectorConfig config, ScalarType type) =>
        new TorchProjector(source.LoadModule(device => new MlpProjector(config, type, device)));

    /// <summary>Loads weights in bytes.</summary>
    public static ProjectorPart LoadReduced(IWeightSource source, ProjectorConfig config)
    {
        config.Check();
        return new CpuProjector(new PackedProjection(source.LoadReduced(PackedProjector.Factory(config), device => new MlpProjector(config, ScalarType.Float32, device))));
    }
}
