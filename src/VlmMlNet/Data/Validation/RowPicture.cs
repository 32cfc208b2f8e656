namespace VlmMlNet.Data.Validation;

/// <summary>A row's picture: a file, or bytes.</summary>
/// <param name="Row">The row's place: in the data, or among its good rows where that is not known.</param>
/// <param name="Path">The file; null where the picture is embedded.</param>
/// <param name="Bytes">The embedded picture.</param>
internal readonly record struct RowPicture(long Row, string? Path, byte[] Bytes);
