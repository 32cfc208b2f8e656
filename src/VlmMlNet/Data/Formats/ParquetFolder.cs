namespace VlmMlNet.Data.Formats;

/// <summary>Parquet files in a folder, as data sets lie in it when they are downloaded: <c>train-00000-of-00003.parquet</c>,
/// <c>test-00000-of-00001.parquet</c>, in the folder or in <c>data</c> within.</summary>
internal static class ParquetFolder
{
    /// <summary>The pattern of the files of a part; null where the path is no folder with parquet files.</summary>
    /// <param name="path">Perhaps a folder.</param>
    /// <param name="split">The part, which the files' names begin with.</param>
    /// <exception cref="MalformedInputException">There are files, but none of the part.</exception>
    public static string? Find(string path, DataSplit split)
    {
        if (!Directory.Exists(path))
            return null;
        string? folder = new[] { path, Path.Combine(path, "data") }.FirstOrDefault(f => Directory.Exists(f) && Directory.EnumerateFiles(f, "*.parquet").Any());
        if (folder is null)
            return null;
        string name = split switch { DataSplit.Train => "train*.parquet", DataSplit.Validation => "val*.parquet", DataSplit.Test => "test*.parquet", _ => "*.parquet" };
        return Directory.EnumerateFiles(folder, name).Any() ? Path.Combine(folder, name)
            : throw new MalformedInputException(folder, $"the part {split} is asked for, and no file is named {name}", "Give the files of the part, with * for several.");
    }
}
