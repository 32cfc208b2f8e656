namespace VlmMlNet.Data.Rows;

/// <summary>Thrown by a parser of one row; the source adds file and row, and fails or skips.</summary>
internal sealed class RowProblemException(string problem, string? remedy = null) : Exception(problem)
{
    public string? Remedy { get; } = remedy;

    /// <summary>Whether the row merely lacks something, such as its picture or an answer, and is no sign of a damaged file.</summary>
    public bool IsIncomplete { get; init; }
}
