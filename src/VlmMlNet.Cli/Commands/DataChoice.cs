using System.CommandLine;
using VlmMlNet.Data;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Cli.Commands;

/// <summary>The options that commands have in common which read a data set, and the bad rows that it met.</summary>
internal sealed class DataChoice
{
    private readonly Option<string?> _images = CommonOptions.Images();
    private readonly Option<bool> _outside = CommonOptions.OutsideImages();
    private readonly Option<string?> _split = new("--split") { Description = "The part of data that names the part of each row (Karpathy's, VQA-RAD, a CSV with a column 'split'), or of a folder of parquet files named by parts. Default: all rows." };
    private readonly Option<string?> _language = new("--language") { Description = "The language of SLAKE's questions, en or zh. Default: all." };
    private readonly Option<string> _badRows = CommonOptions.BadRows();
    private readonly ColumnChoice _columns = new();

    /// <param name="command">The command that has these options.</param>
    /// <param name="pictures">Whether it looks at the pictures.</param>
    public DataChoice(Command command, bool pictures = true)
    {
        _split.AcceptOnlyFromAmong("train", "validation", "test");
        if (pictures)
        {
            command.Add(_images);
            command.Add(_outside);
        }
        command.Add(_split);
        command.Add(_language);
        command.Add(_badRows);
        _columns.AddTo(command);
    }

    /// <summary>The readers' options.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="otherSplit">The part where none is named.</param>
    public DataLoadOptions Read(ParseResult result, DataSplit otherSplit = DataSplit.All) => new()
    {
        ImageFolder = result.CommandResult.Command.Options.Contains(_images) ? result.GetValue(_images) : null,
        AllowOutsideImages = !result.CommandResult.Command.Options.Contains(_outside) || result.GetValue(_outside),
        Split = result.GetValue(_split) is { } split ? Enum.Parse<DataSplit>(split, ignoreCase: true) : otherSplit,
        Language = result.GetValue(_language),
        Columns = _columns.Read(result),
        BadRows = result.GetValue(_badRows) == "skip" ? BadRowHandling.Skip : BadRowHandling.Fail,
        OnBadRow = Skipped.Add,
    };

    /// <summary>What was left out.</summary>
    public SkippedRows Skipped { get; } = new();
}
