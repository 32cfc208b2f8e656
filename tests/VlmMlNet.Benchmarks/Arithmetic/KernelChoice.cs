using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Kernels.Lanes;

namespace VlmMlNet.Benchmarks.Arithmetic;

/// <summary>The kernels that this processor runs, by name: what parameters of benchmarks can be.</summary>
internal static class KernelChoice
{
    private static readonly Dictionary<string, KernelSet> s_kernels = KernelSet.Supported.ToDictionary(Name);

    /// <summary>Fastest first.</summary>
    public static IReadOnlyCollection<string> Names => s_kernels.Keys;

    /// <summary>The fastest.</summary>
    public static string Best => Name(KernelSet.Best);

    public static KernelSet Find(string name) => s_kernels[name];

    public static bool IsScalar(string name) => name == nameof(LanesScalar);

    private static string Name(KernelSet kernels) =>
        kernels.GetType() is { IsGenericType: true } type ? type.GenericTypeArguments[0].Name : kernels.GetType().Name;
}
