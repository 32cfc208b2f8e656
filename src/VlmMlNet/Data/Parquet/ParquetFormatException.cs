namespace VlmMlNet.Data.Parquet;

/// <summary>What is wrong inside of a Parquet file; <see cref="ParquetFile"/> adds the file's name.</summary>
internal class ParquetFormatException(string problem, Exception? innerException = null) : Exception(problem, innerException);
