using System.Runtime.Intrinsics.X86;

namespace VlmMlNet.Runtime;

/// <summary>What .NET has no class for.</summary>
internal static class ProcessorFeatures
{
    private const int FeatureLeaf = 7, BFloat16Bit = 5, HighestLeaf = 0;

    /// <summary>Whether the processor multiplies bfloat16 (AVX512_BF16): elsewhere libtorch is slower in it than in float32.</summary>
    public static bool MultipliesBFloat16 { get; } =
        X86Base.IsSupported && X86Base.CpuId(HighestLeaf, 0).Eax >= FeatureLeaf && X86Base.CpuId(FeatureLeaf, 0).Eax >= 1
        && Avx512F.IsSupported && (X86Base.CpuId(FeatureLeaf, 1).Eax >> BFloat16Bit & 1) == 1;
}
