using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data;

/// <summary>What the options of all readers have in common.</summary>
public abstract class DataReaderOptions
{
    private protected DataReaderOptions()
    {
    }

    /// <summary>What happens to a row that cannot be used. Default: <see cref="BadRowHandling.Fail"/>.</summary>
    public BadRowHandling BadRows { get; set; } = BadRowHandling.Fail;

    /// <summary>Called once for each row that is left out, however often the data is read; <c>list.Add</c> collects them.
    /// May be called from another thread. Default: null; the first ten and the count go to <c>MLContext.Log</c> anyway.</summary>
    public Action<BadRow>? OnBadRow { get; set; }

    /// <summary>The number of good rows after which reading stops. Default: null, all of them.</summary>
    public long? Take { get; set; }

    /// <summary>Whether pictures are read that a data file names and that lie outside of the image folder: by an absolute path, by
    /// <c>..</c>, or behind a link that leads out. A data file comes from elsewhere, and could name any file; for one that you trust
    /// set it to true. Rows that name such a picture are bad otherwise. Default: false.</summary>
    public bool AllowOutsideImages { get; set; }

    /// <summary>Whether rows that lack a picture or an answer are left out where <see cref="BadRows"/> says that bad rows are errors.</summary>
    internal bool SkipsIncompleteRows { get; set; }

    /// <summary>Whether the rows are to be learned from, so that pictures and questions that are yet to be given captions or answers are bad rows too.</summary>
    internal bool NeedsAnswers { get; set; }

    /// <summary>Whether no row is ever left out, so that a file's count of rows is that of the data.</summary>
    internal bool KeepsAllRows => BadRows == BadRowHandling.Fail && !SkipsIncompleteRows;

    /// <summary>Whether the columns' names come from <see cref="DataColumns"/>.</summary>
    internal bool AreNamedByColumns { get; set; }

    /// <summary>What messages call the option that names a column.</summary>
    /// <param name="kind">What the column holds, such as Image.</param>
    internal string OptionName(string kind) => AreNamedByColumns ? DataColumns.OptionName(kind) : $"{kind}Column";

    internal virtual void Check()
    {
        if (!Enum.IsDefined(BadRows))
            throw new ArgumentOutOfRangeException(nameof(BadRows), BadRows, "BadRows is Fail or Skip.");
        if (Take is < 0)
            throw new ArgumentOutOfRangeException(nameof(Take), Take, "Take counts rows: it is null, zero or positive.");
    }
}
