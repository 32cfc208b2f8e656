namespace VlmMlNet.Data.Rows;

/// <summary>Thrown by a parser of one row; the source adds file and row, and fails or skips.</summary>
internal sealed class RowProblemException(string problem, string? remedy = null) : Exception(problem)
{
    public string? Remedy { get; } = remedy;
}
