namespace VlmMlNet;

/// <summary>A file, stream or row that does not hold what it should. The message names the source, the row, the problem
/// and the remedy in one sentence or two.</summary>
public sealed class MalformedInputException : FormatException
{
    private readonly string _problem;
    private readonly string? _remedy;

    /// <summary>Describes the bad input.</summary>
    /// <param name="source">The file's path, or a name for bytes without one, such as <c>row 7, column 'Image'</c>.</param>
    /// <param name="problem">What is wrong, without a final full stop.</param>
    /// <param name="remedy">What the user can do about it, as a sentence; null when nothing useful can be said.</param>
    /// <param name="row">The zero-based row or one-based line, where the source has such; null otherwise.</param>
    /// <param name="innerException">What was thrown below.</param>
    public MalformedInputException(string source, string problem, string? remedy = null, long? row = null, Exception? innerException = null)
        : base($"{source}{(row is null ? "" : $", row {row}")}: {problem}.{(remedy is null ? "" : " " + remedy)}", innerException)
    {
        InputSource = source;
        Row = row;
        (_problem, _remedy) = (problem, remedy);
    }

    /// <summary>The file's path, or the name of the bytes that were read.</summary>
    public string InputSource { get; }

    /// <summary>The row or line of the problem, where there is one.</summary>
    public long? Row { get; }

    /// <summary>The same error with more that can be done about it.</summary>
    internal MalformedInputException With(string remedy) => new(InputSource, _problem, _remedy is null ? remedy : $"{_remedy} {remedy}", Row, this);

    /// <summary>The same error with the row of the data set that the input belongs to.</summary>
    internal MalformedInputException AtRow(long row) => new(InputSource, _problem, _remedy, row, this);
}
