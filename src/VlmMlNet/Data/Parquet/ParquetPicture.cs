namespace VlmMlNet.Data.Parquet;

/// <summary>A picture of a row.</summary>
/// <param name="Bytes">The encoded picture, valid until the next row; empty where it is a file, or was not asked for.</param>
/// <param name="Path">The file's path, or the name recorded beside the bytes; empty where there is none.</param>
/// <param name="IsFile">Whether it is a file.</param>
internal readonly record struct ParquetPicture(ReadOnlyMemory<byte> Bytes, string Path, bool IsFile)
{
    /// <summary>The file; null for embedded pictures.</summary>
    public string? File => IsFile ? Path : null;
}
