namespace VlmMlNet.Data.Rows;

/// <summary>A stretch of a data set that can be read by itself.</summary>
/// <param name="Start">Where it starts.</param>
/// <param name="FirstRow">Good rows of the data set before it.</param>
/// <param name="Rows">Its good rows.</param>
internal readonly record struct RowPart(RowPlace Start, long FirstRow, long Rows);
