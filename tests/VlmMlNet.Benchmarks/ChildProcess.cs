using System.Diagnostics;

namespace VlmMlNet.Benchmarks;

/// <summary>This program in another process.</summary>
internal static class ChildProcess
{
    /// <summary>How to start it.</summary>
    public static ProcessStartInfo Start(params IReadOnlyList<string> args)
    {
        string self = Environment.ProcessPath!;
        string[] program = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        return new ProcessStartInfo(self, [.. program, .. args]);
    }

    /// <summary>Runs it to its end; its exit code.</summary>
    public static int Run(params IReadOnlyList<string> args)
    {
        using var process = Process.Start(Start(args))!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
