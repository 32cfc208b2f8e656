namespace VlmMlNet.Tests.Imaging;

/// <summary>Tests that look at the memory of the whole process run while no others do.</summary>
[CollectionDefinition(nameof(MeasuresMemory), DisableParallelization = true)]
public sealed class MeasuresMemory
{
    /// <summary>The most physical memory that the process has used so far.</summary>
    public static long Peak()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
