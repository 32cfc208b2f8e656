namespace VlmMlNet.Data;

/// <summary>A row that was left out.</summary>
/// <param name="Source">The file.</param>
/// <param name="Row">Its zero-based place among the file's rows.</param>
/// <param name="Problem">What is wrong with it.</param>
public sealed record BadRow(string Source, long Row, string Problem);
