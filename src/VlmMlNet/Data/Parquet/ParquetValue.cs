namespace VlmMlNet.Data.Parquet;

/// <summary>A value of a column; null where its definition level is below that of the column.</summary>
/// <param name="Bytes">As stored; valid until the column moves to the next row.</param>
/// <param name="Definition">How many of the optional and repeated fields on the way to it are there.</param>
/// <param name="Repetition">Which of the repeated fields on the way to it goes on; 0 where a row starts.</param>
internal readonly record struct ParquetValue(ReadOnlyMemory<byte> Bytes, int Definition, int Repetition = 0);
