namespace VlmMlNet.Tests.Imaging;

/// <summary>Tests that look at the memory of the whole process run while no others do.</summary>
[CollectionDefinition(nameof(MeasuresMemory), DisableParallelization = true)]
public sealed class MeasuresMemory
{
    private static long s_peak;

    /// <summary>The most physical memory that the process has used so far. (The kernel's own figure is off by some pages, and may
    /// be smaller than it was.)</summary>
    public static long Peak()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return s_peak = Math.Max(s_peak, process.PeakWorkingSet64);
    }
}
