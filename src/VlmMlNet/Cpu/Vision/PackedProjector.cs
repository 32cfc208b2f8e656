using VlmMlNet.Cpu.Weights;
using VlmMlNet.Models;

namespace VlmMlNet.Cpu.Vision;

/// <summary>The projector's weights, matrices in bytes.</summary>
internal sealed unsafe class PackedProjector : PackedWeights
{
    /// <summary>Lays the weights over memory.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="locate">Says where a part lies; asked for each part once.</param>
    /// <param name="memory">Disposed with the weights.</param>
    public PackedProjector(ProjectorConfig config, Func<PackedPart, nint> locate, IReadOnlyList<IDisposable> memory) : base(WeightPrecision.Int8, locate, memory)
    {
        Config = config;
        First = Matrix("linear_1.weight", WeightFormat.Int8, config.HiddenSize, config.VisionHiddenSize);
        FirstBias = Vector("linear_1.bias", config.HiddenSize);
        Second = Matrix("linear_2.weight", WeightFormat.Int8, config.TextHiddenSize, config.HiddenSize);
        SecondBias = Vector("linear_2.bias", config.TextHiddenSize);
    }

    public ProjectorConfig Config { get; }

    public WeightMatrix First { get; }

    public float* FirstBias { get; }

    public WeightMatrix Second { get; }

    public float* SecondBias { get; }

    /// <summary>Makes such weights.</summary>
    public static WeightsFactory<PackedProjector> Factory(ProjectorConfig config) => new((locate, memory) => new PackedProjector(config, locate, memory));
}
