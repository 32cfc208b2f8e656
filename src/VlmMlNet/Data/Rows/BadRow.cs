namespace VlmMlNet.Data.Rows;

/// <summary>A row that was left out.</summary>
/// <param name="Source">The file.</param>
/// <param name="Row">Its zero-based place among the file's rows.</param>
/// <param name="Problem">What is wrong with it.</param>
public sealed record BadRow(string Source, long Row, string Problem)
{
    /// <summary>The one-based line that it starts in; null where that is not known, as in parquet files.</summary>
    public long? Line { get; init; }

    /// <summary>The byte of the file that it starts at; null where that is not known.</summary>
    public long? Offset { get; init; }
}
