using VlmMlNet.Data.Formats;

namespace VlmMlNet.Data;

/// <summary>The columns of a data set whose columns have other names than published ones: of parquet files and delimited text
/// the columns, of flat JSON rows the properties. Where one is named, it decides what the data set is: <see cref="Caption"/>
/// makes it pictures with captions, <see cref="Question"/> or <see cref="Answer"/> pictures with questions,
/// <see cref="Conversation"/> conversations. Naming a column of a kind that a format does not have is an error.</summary>
public sealed record DataColumns
{
    /// <summary>The column of pictures. Default: null, one of the usual names.</summary>
    public string? Image { get; init; }

    /// <summary>The column of captions. Default: null, one of the usual names.</summary>
    public string? Caption { get; init; }

    /// <summary>The column of questions. Default: null, one of the usual names.</summary>
    public string? Question { get; init; }

    /// <summary>The column of answers. Default: null, one of the usual names.</summary>
    public string? Answer { get; init; }

    /// <summary>The column that becomes Id. Default: null, one of the usual names.</summary>
    public string? Id { get; init; }

    /// <summary>The column of conversations. Default: null, one of the usual names.</summary>
    public string? Conversation { get; init; }

    internal bool AreNamed => Named().Any();

    /// <summary>What is named, each by the property's name.</summary>
    internal IEnumerable<(string Kind, string Column)> Named() => new[]
    {
        (nameof(Image), Image), (nameof(Caption), Caption), (nameof(Question), Question), (nameof(Answer), Answer), (nameof(Id), Id), (nameof(Conversation), Conversation),
    }.Where(c => c.Item2 is not null).Select(c => (c.Item1, c.Item2!));

    /// <summary>What messages call a column's option.</summary>
    internal static string OptionName(string kind) => $"Columns.{kind}";

    /// <exception cref="MalformedInputException">A column is named that a format does not have.</exception>
    internal void Check(FormatDescriptor format, string path)
    {
        IReadOnlyList<string> kinds = format.NamedColumns;
        foreach ((string kind, string column) in Named())
        {
            if (!kinds.Contains(kind))
                throw new MalformedInputException(path, $"{OptionName(kind)} names column '{column}', but {format.Name} has no such column to name",
                    kinds.Count == 0 ? "Leave it out: this format has fixed names." : $"Its columns are named by {string.Join(", ", kinds.Select(OptionName))}.");
        }
    }
}
