namespace VlmMlNet.Data.Rows;

/// <summary>What a reader does with a row that it cannot use.</summary>
public enum BadRowHandling
{
    /// <summary>Throws <see cref="MalformedInputException"/> at the first one.</summary>
    Fail,

    /// <summary>Leaves it out, tells <see cref="DataReaderOptions.OnBadRow"/> and the log, and goes on. What makes the rest
    /// of a file unreadable (a syntax error inside one large JSON document, a truncated file) is an error nevertheless, as
    /// is a file without a single good row.</summary>
    Skip,
}
