using System.CommandLine;

namespace VlmMlNet.Cli.Terminal;

/// <summary>A command with more to say than the line that the list of commands shows.</summary>
/// <param name="name">What the user types.</param>
/// <param name="summary">One line.</param>
/// <param name="details">Explanations and examples, for the command's own help.</param>
internal sealed class DocumentedCommand(string name, string summary, string details) : Command(name, summary)
{
    public string Details { get; } = details;
}
