using VlmMlNet.Generation;

namespace VlmMlNet.Cli.Terminal;

/// <summary>Writes answers: a line each, after what was asked and a tab where several things are.</summary>
/// <param name="shell">Where to.</param>
/// <param name="namesThem">Whether each line begins with what was asked.</param>
internal sealed class AnswerLines(Shell shell, bool namesThem)
{
    public void Write(string asked, IEnumerable<GeneratedAnswer> answers)
    {
        foreach (var answer in answers)
        {
            Begin(asked);
            shell.Output.WriteLine(Line(answer.Text));
        }
    }

    /// <summary>Writes an answer as it comes.</summary>
    public void Write(string asked, IAsyncEnumerable<string> pieces)
    {
        Begin(asked);
        WriteAsync(pieces).GetAwaiter().GetResult();
        shell.Output.WriteLine();
    }

    // A line end inside an answer would make a line of its own, of nothing.
    private string Line(string text) => namesThem ? text.Replace('\r', ' ').Replace('\n', ' ') : text;

    private void Begin(string asked)
    {
        if (namesThem)
            shell.Output.Write($"{asked}\t");
    }

    private async Task WriteAsync(IAsyncEnumerable<string> pieces)
    {
        await foreach (string piece in pieces)
        {
            shell.Output.Write(Line(piece));
            shell.Output.Flush();
        }
    }
}
