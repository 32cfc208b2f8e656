using System.Runtime.InteropServices;

namespace VlmMlNet.Cli.Terminal;

/// <summary>Lets Ctrl+C, SIGTERM (containers, job queues, service managers) and SIGHUP (a closed terminal) end a command between
/// two steps, so that it can save. The second of them ends the process at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private const int SignalBase = 128; // exit codes of shells
    private static readonly (PosixSignal Signal, int Number)[] s_signals = [(PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGTERM, 15)];
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations;
    private int _number;

    public StopSignals() => _registrations = [.. s_signals.Select(s => PosixSignalRegistration.Create(s.Signal, context =>
    {
        context.Cancel = Interlocked.CompareExchange(ref _number, s.Number, 0) == 0;
        _source.Cancel();
    }))];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The exit code of the process: that of the signal where it made the command stop.</summary>
    public int ExitCode(int code) => code == VlmCommand.Cancelled && _number > 0 ? SignalBase + _number : code;

    public void Dispose()
    {
        _registrations.ForEach(r => r.Dispose());
        _source.Dispose();
    }
}
