using System.CommandLine;
using VlmMlNet.Data;

namespace VlmMlNet.Cli.Commands;

/// <summary>The options that name columns of data.</summary>
internal sealed class ColumnChoice
{
    // Each by the property of DataColumns that it sets.
    private static readonly string[] s_kinds = [nameof(DataColumns.Image), nameof(DataColumns.Caption), nameof(DataColumns.Question), nameof(DataColumns.Answer), nameof(DataColumns.Id), nameof(DataColumns.Conversation)];

    private readonly Option<string?>[] _options = [.. s_kinds.Select(kind => new Option<string?>(OptionName(kind)) { Description = Describe(kind), HelpName = "NAME" })];

    public void AddTo(Command command)
    {
        foreach (var option in _options)
            command.Add(option);
    }

    public DataColumns Read(ParseResult result)
    {
        string?[] names = [.. _options.Select(result.GetValue)];
        return new DataColumns { Image = names[0], Caption = names[1], Question = names[2], Answer = names[3], Id = names[4], Conversation = names[5] };
    }

    /// <summary>A message of the library in the command line's words.</summary>
    public static string InOptions(string message)
    {
        foreach (string kind in s_kinds)
            message = message.Replace($"Columns.{kind}", OptionName(kind), StringComparison.Ordinal);
        return message;
    }

    private static string OptionName(string kind) => $"--{kind.ToLowerInvariant()}-column";

    private static string Describe(string kind) => kind switch
    {
        nameof(DataColumns.Image) => "The column of pictures, of parquet, CSV and flat JSON. Default: one of the usual names, such as image.",
        nameof(DataColumns.Id) => "The column of ids. Default: one of the usual names.",
        nameof(DataColumns.Answer) => "The column of answers, of data of questions. Default: one of the usual names.",
        _ => $"The column of {kind.ToLowerInvariant()}s, which makes the data such. Default: one of the usual names.",
    };
}
