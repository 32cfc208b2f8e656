namespace VlmMlNet.Cli.Terminal;

/// <summary>A command line whose parts contradict each other.</summary>
internal sealed class UsageException(string message) : Exception(message);
