using System.Diagnostics;
using System.Globalization;

namespace VlmMlNet.Benchmarks;

/// <summary>The process's memory, as the operating system counts it.</summary>
internal static class PeakMemory
{
    /// <summary>Bytes resident now.</summary>
    public static long Resident => Of(process => process.WorkingSet64);

    /// <summary>Most bytes resident since the start, or since <see cref="Reset"/>.</summary>
    public static long Peak => Of(process => process.PeakWorkingSet64);

    /// <summary>Begins the peak anew, on Linux.</summary>
    public static void Reset()
    {
        if (OperatingSystem.IsLinux())
            File.WriteAllText("/proc/self/clear_refs", "5");
    }

    public static string Describe() => string.Create(CultureInfo.InvariantCulture, $"resident {Resident / 1e9:F2} GB, peak {Peak / 1e9:F2} GB");

    private static long Of(Func<Process, long> read)
    {
        using var process = Process.GetCurrentProcess();
        return read(process);
    }
}
