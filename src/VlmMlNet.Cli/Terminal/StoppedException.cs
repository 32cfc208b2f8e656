namespace VlmMlNet.Cli.Terminal;

/// <summary>A command was stopped, and says what it has kept.</summary>
internal sealed class StoppedException(string message, OperationCanceledException inner) : OperationCanceledException(message, inner, inner.CancellationToken);
