using System.CommandLine;
using System.Globalization;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Data;

namespace VlmMlNet.Cli.Commands;

/// <summary>The options that every command has which reads a data set, and the bad rows that it met.</summary>
internal sealed class DataChoice
{
    private const int Shown = 10;
    private readonly Option<string?> _images = CommonOptions.Images();
    private readonly Option<string?> _split = new("--split") { Description = "The part of data that names the part of each row (Karpathy's, VQA-RAD, a CSV with a column 'split'). Default: all rows." };
    private readonly Option<string?> _language = new("--language") { Description = "The language of SLAKE's questions, en or zh. Default: all." };
    private readonly Option<string> _badRows = new("--bad-rows") { Description = "What happens to a row that cannot be used: fail, or skip with a list at the end.", DefaultValueFactory = _ => "fail" };
    private readonly BadRowList _list = new(Shown);

    /// <param name="command">The command that has these options.</param>
    /// <param name="pictures">Whether it looks at the pictures.</param>
    public DataChoice(Command command, bool pictures = true)
    {
        _split.AcceptOnlyFromAmong("train", "validation", "test");
        _badRows.AcceptOnlyFromAmong("fail", "skip");
        if (pictures)
            command.Add(_images);
        command.Add(_split);
        command.Add(_language);
        command.Add(_badRows);
    }

    /// <summary>The readers' options.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="otherSplit">The part where none is named.</param>
    public DataLoadOptions Read(ParseResult result, DataSplit otherSplit = DataSplit.All) => new()
    {
        ImageFolder = result.CommandResult.Command.Options.Contains(_images) ? result.GetValue(_images) : null,
        Split = result.GetValue(_split) is { } split ? Enum.Parse<DataSplit>(split, ignoreCase: true) : otherSplit,
        Language = result.GetValue(_language),
        BadRows = result.GetValue(_badRows) == "skip" ? BadRowHandling.Skip : BadRowHandling.Fail,
        OnBadRow = _list.Add,
    };

    /// <summary>Says which rows were left out, if any were.</summary>
    public void ReportBadRows(Shell shell) => ReportBadRows(shell, _list);

    /// <summary>Says which rows were left out, if any were.</summary>
    public static void ReportBadRows(Shell shell, BadRowList rows)
    {
        if (rows.Count == 0)
            return;
        shell.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows.Count} bad row{(rows.Count == 1 ? " was" : "s were")} left out{(rows.Count > rows.First.Count ? $", the first {rows.First.Count}" : "")}:"));
        foreach (var row in rows.First)
            shell.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {row.Source}, row {row.Row}: {row.Problem}"));
    }
}
