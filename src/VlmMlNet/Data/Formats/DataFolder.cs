namespace VlmMlNet.Data.Formats;

/// <summary>Data sets that are folders, as they are downloaded or collected.</summary>
internal static class DataFolder
{
    private static readonly string[] s_lists = ["metadata.csv", "metadata.jsonl", "metadata.parquet"];

    /// <summary>What is to be read: the pattern of a folder's parquet files (<see cref="ParquetFolder"/>); its <c>metadata.csv</c>,
    /// <c>metadata.jsonl</c> or <c>metadata.parquet</c>, which names pictures beside it (Hugging Face's imagefolder), or those in the folders below; or the folder itself, for its pictures.
    /// Of a part that is asked for, those in the folder <c>train</c>, <c>val</c> or <c>test</c> within, where it is there.</summary>
    /// <param name="path">The data set; returned as it is where it is no folder.</param>
    /// <param name="split">The part.</param>
    /// <returns>What is to be read, and whether it is the part alone.</returns>
    /// <exception cref="MalformedInputException">It holds parquet files, but none of the part, or lists of two kinds.</exception>
    public static (string Path, bool IsPart) Find(string path, DataSplit split)
    {
        if (!Directory.Exists(path))
            return (path, false);
        if (ParquetFolder.Find(path, split) is { } shards)
            return (shards, split != DataSplit.All);
        string? part = Names(split).Select(name => Path.Combine(path, name)).FirstOrDefault(Directory.Exists);
        if (part is not null && ParquetFolder.Find(part, DataSplit.All) is { } ofPart)
            return (ofPart, true);
        string folder = part ?? path;
        string[] lists = [.. s_lists.Where(name => Below(folder, name))];
        return lists.Length > 1
            ? throw new MalformedInputException(folder, $"it has both {lists[0]} and {lists[1]}", "Give the one that is meant.")
            : (lists is [var list] ? File.Exists(Path.Combine(folder, list)) ? Path.Combine(folder, list) : Path.Combine(folder, "**", list) : folder, part is not null);
    }

    private static string[] Names(DataSplit split) => split switch
    {
        DataSplit.Train => ["train"],
        DataSplit.Validation => ["val", "validation", "valid", "dev"],
        DataSplit.Test => ["test"],
        _ => [],
    };

    private static bool Below(string folder, string name) =>
        Directory.EnumerateFiles(folder, name, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden }).Any();
}
