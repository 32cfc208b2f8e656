using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Cpu.Language;

/// <summary>Weights of one decoder layer. Vectors are floats, padded with zeros to whole tiles.</summary>
internal sealed unsafe class PackedLayer
{
    public required WeightMatrix Query { get; init; }
    public required WeightMatrix Key { get; init; }
    public required WeightMatrix Value { get; init; }
    public required WeightMatrix Output { get; init; }
    public required WeightMatrix Gate { get; init; }
    public required WeightMatrix Up { get; init; }
    public required WeightMatrix Down { get; init; }
    public required float* QueryBias { get; init; }
    public required float* KeyBias { get; init; }
    public required float* ValueBias { get; init; }
    public required float* InputNorm { get; init; }
    public required float* OutputNorm { get; init; }
}
