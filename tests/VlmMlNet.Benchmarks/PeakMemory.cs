using System.Diagnostics;
using System.Globalization;

namespace VlmMlNet.Benchmarks;

/// <summary>The process's memory, as the operating system counts it.</summary>
internal static class PeakMemory
{
    public static string Describe()
    {
        using var process = Process.GetCurrentProcess();
        return string.Create(CultureInfo.InvariantCulture, $"resident {process.WorkingSet64 / 1e9:F2} GB, peak {process.PeakWorkingSet64 / 1e9:F2} GB");
    }
}
