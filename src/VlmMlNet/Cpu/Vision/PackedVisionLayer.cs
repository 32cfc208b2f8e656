using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Cpu.Vision;

/// <summary>A layer's matrices, and where its vectors lie.</summary>
internal sealed unsafe class PackedVisionLayer
{
    public required WeightMatrix Query { get; init; }

    public required WeightMatrix Key { get; init; }

    public required WeightMatrix Value { get; init; }

    public required WeightMatrix Output { get; init; }

    public required WeightMatrix Up { get; init; }

    public required WeightMatrix Down { get; init; }

    public required float* QueryBias { get; init; }

    public required float* KeyBias { get; init; }

    public required float* ValueBias { get; init; }

    public required float* OutputBias { get; init; }

    public required float* UpBias { get; init; }

    public required float* DownBias { get; init; }

    public required Norm First { get; init; }

    public required Norm Second { get; init; }

    /// <summary>Weight and bias of a layer norm.</summary>
    internal readonly struct Norm(float* weight, float* bias)
    {
        public float* Weight { get; } = weight;

        public float* Bias { get; } = bias;
    }
}
