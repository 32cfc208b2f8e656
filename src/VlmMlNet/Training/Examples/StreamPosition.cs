namespace VlmMlNet.Training.Examples;

/// <summary>A place between two examples of one pass over a <see cref="TrainingSet"/>: with the seed and the number of the pass
/// it is all that reading needs to go on. Of what lies before only the rows of one window are read again.</summary>
/// <param name="Example">Examples before the place.</param>
/// <param name="Window">Windows before the one that the place lies in.</param>
/// <param name="WindowExample">Examples before that window.</param>
/// <param name="WindowRow">The source's rows before that window.</param>
internal readonly record struct StreamPosition(long Example, long Window, long WindowExample, long WindowRow)
{
    /// <summary>Where examples are grouped by length: batches taken of the group that begins at the place.</summary>
    public long GroupBatches { get; init; }
}
