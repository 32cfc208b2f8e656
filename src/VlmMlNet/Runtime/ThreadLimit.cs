namespace VlmMlNet;

/// <summary>The most threads that may be asked for.</summary>
internal static class ThreadLimit
{
    /// <summary>Threads beyond a few for each processor only wait, and systems have few thousands of them.</summary>
    public static int Most { get; } = Math.Max(64, 4 * Environment.ProcessorCount);
}
