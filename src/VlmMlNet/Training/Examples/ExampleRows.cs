namespace VlmMlNet.Training.Examples;

/// <summary>Reads the rows of a source, each with its examples: none, one, or one per caption.</summary>
/// <param name="order">Decides the order of the rows, as far as the source can change it at no cost; null for its own order.</param>
/// <param name="firstRow">Rows of that order that are passed over, as fast as the source can.</param>
internal delegate IEnumerable<IReadOnlyList<TrainingExample>> ExampleRows(Random? order, long firstRow);
