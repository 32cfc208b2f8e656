namespace VlmMlNet.Cpu.Weights;

/// <summary>Lays weights over memory that somebody gives.</summary>
/// <param name="Create">Takes a function that says where a part lies, which it asks for each part once, and memory that is disposed
/// with the weights.</param>
/// <param name="Otherwise">Other formats, for weights that those of <paramref name="Create"/> cannot hold.</param>
internal sealed record WeightsFactory<TWeights>(Func<Func<PackedPart, nint>, IReadOnlyList<IDisposable>, TWeights> Create, WeightsFactory<TWeights>? Otherwise = null)
    where TWeights : PackedWeights;
