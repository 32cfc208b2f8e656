using System.Diagnostics;
using System.Text;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.ModelFolders;

namespace VlmMlNet.Tests.Cli;

/// <summary>What containers, job queues and closed terminals send ends a command as Ctrl+C does.</summary>
public sealed class StopSignalTests : CliTest
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3); // against a hang only

    [Theory]
    [InlineData("TERM", 15, 143)]
    [InlineData("HUP", 1, 129)]
    [InlineData("INT", 2, 130)]
    public void A_training_that_is_asked_to_end_saves_and_says_how_to_go_on(string signal, int number, int expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals.");
        Assert.SkipWhen(IsIgnored(number), $"The tests were started with SIG{signal} ignored, as nohup and jobs in the background are; programs that they start keep to that.");
        string output = InFolder("out");
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "vlm"),
            ["train", "--model", SavedModel(), "--data", CocoFile(2), "--stages", "1", "--epochs", "1000000", "--threads", "1", "--out", output])
        { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var error = new StringBuilder();
        using var hang = new Timer(_ => process.Kill(), null, s_limit, Timeout.InfiniteTimeSpan);
        try
        {
            bool sent = false;
            while (process.StandardError.ReadLine() is { } line)
            {
                error.AppendLine(line);
                if (sent || !line.Contains("%, loss", StringComparison.Ordinal)) // after a step
                    continue;
                sent = true;
                using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
                kill.WaitForExit();
            }
            Assert.True(process.WaitForExit(s_limit));
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
        Assert.True(process.ExitCode == expected, $"{process.ExitCode}: {error}");
        Assert.Matches($@"(?m)^error: stopped in stage 1: hybrid alignment after step \d+\. Everything until there is kept in {output}: the same command with --resume goes on from it\.$", error.ToString());
        Assert.True(ModelFolder.IsModel(output));
        Assert.True(File.Exists(Path.Combine(output, "checkpoint", "stage-0", "checkpoint.safetensors")));
    }

    // The mask of ignored signals, in hexadecimal digits; such files are Linux's.
    private static bool IsIgnored(int signal) =>
        File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is var line
        && (Convert.ToUInt64(line[7..].Trim(), 16) >> (signal - 1) & 1) != 0;

    [Fact]
    public void Notes_that_nobody_can_read_any_more_stop_nothing()
    {
        var writer = new LastingWriter(new ClosedTerminal());
        writer.WriteLine("a");
        writer.Write("b");
        writer.Write('c');
        writer.Flush();
    }

    private sealed class ClosedTerminal : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new IOException("Input/output error");
    }
}
