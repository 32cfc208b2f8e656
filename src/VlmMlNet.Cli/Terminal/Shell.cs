using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Cli.Commands;

namespace VlmMlNet.Cli.Terminal;

/// <summary>What a command may use of the world.</summary>
internal sealed class Shell(TextWriter output, TextWriter error, CancellationToken cancellationToken)
{
    private static readonly string[] s_noted = [nameof(VisionLanguageCatalog.LoadBackbones), nameof(VisionLanguageCatalog.LoadModel)];

    /// <summary>Results.</summary>
    public TextWriter Output { get; } = output;

    /// <summary>Progress, notes, errors.</summary>
    public TextWriter Error { get; } = ReferenceEquals(error, Console.Error) ? new LastingWriter(error) : error;

    /// <summary>Set by Ctrl+C and the signals that ask a process to end.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>Whether notes go to a person's terminal, where lines may be drawn over.</summary>
    public bool IsInteractive { get; } = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Whether results go to a person's terminal.</summary>
    public bool WritesToTerminal { get; } = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;

    /// <summary>One line, whatever the message has inside.</summary>
    public void WriteError(string message, bool multiline = false) =>
        Error.WriteLine("error: " + (multiline ? message : OneLine(message)));

    /// <summary>A message without line ends.</summary>
    public static string OneLine(string message) => string.Join(' ', message.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>A context on the device that the user chose.</summary>
    public MLContext CreateContext(DeviceChoice device, int seed, bool verbose)
    {
        TorchRuntime.EnsureLoaded();
        if (device.Threads is { } threads)
            TorchSharp.torch.set_num_threads(threads);
        var context = new MLContext(seed) { GpuDeviceId = device.Gpu, FallbackToCpu = false };
        context.Log += (_, e) =>
        {
            // What a user should know of the files that were given is said in any case.
            if (verbose)
                Error.WriteLine(e.Message);
            else if (e.Kind == ChannelMessageKind.Warning && s_noted.Any(source => e.Source.Contains(source, StringComparison.Ordinal)))
                Error.WriteLine($"note: {ErrorText.Of(e.RawMessage)}");
        };
        return context;
    }
}
