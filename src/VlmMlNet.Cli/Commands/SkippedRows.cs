using System.Globalization;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Cli.Commands;

/// <summary>What a command left out of its data, to be said at its end: bad rows, and pictures that cannot be read.</summary>
internal sealed class SkippedRows
{
    private const int Shown = 10, Known = 10_000;
    private readonly BadRowList _rows = new(Shown);
    private readonly Lock _lock = new();
    private readonly HashSet<string> _examples = [];    // each pass over the data tells them again

    /// <summary>Whether examples were left out: not rows of files, which nobody leaves out unasked.</summary>
    public bool HasExamples
    {
        get
        {
            lock (_lock)
                return _examples.Count > 0;
        }
    }

    /// <summary>A row of a file.</summary>
    public void Add(BadRow row) => _rows.Add(row);

    /// <summary>An example, with the reason.</summary>
    public void Add(string problem)
    {
        lock (_lock)
        {
            if (_examples.Count < Known)
                _examples.Add(problem);
        }
    }

    /// <summary>Says what was left out, if anything was.</summary>
    public void Report(Shell shell)
    {
        Report(shell, "bad row", _rows.Count, _rows.First.Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Source}, row {row.Row}: {row.Problem}")));
        lock (_lock)
            Report(shell, "example", _examples.Count, _examples.Take(Shown));
    }

    private static void Report(Shell shell, string what, long count, IEnumerable<string> first)
    {
        if (count == 0)
            return;
        string limit = count > Shown ? $", the first {Shown}" : "";
        shell.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(count == Known ? "at least " : "")}{count} {what}{(count == 1 ? " was" : "s were")} left out{limit}:"));
        foreach (string line in first)
            shell.Error.WriteLine($"  {line}");
    }
}
