namespace VlmMlNet.Data.Parquet;

/// <summary>What is wrong inside of a Parquet file; <see cref="ParquetFile"/> adds the file's name.</summary>
internal class ParquetFormatException(string problem, Exception? innerException = null) : Exception(problem, innerException)
{
    /// <summary>What the user can do.</summary>
    public string Remedy { get; init; } = "The file may be damaged or cut off: fetch or write it again.";
}
