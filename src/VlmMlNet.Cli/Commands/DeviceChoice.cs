namespace VlmMlNet.Cli.Commands;

/// <summary>Where and how wide to compute.</summary>
/// <param name="Gpu">Number of the GPU; null for the CPU.</param>
/// <param name="Threads">Threads on the CPU; null for all cores.</param>
internal sealed record DeviceChoice(int? Gpu, int? Threads);
