namespace VlmMlNet.Data;

/// <summary>A row of a parquet file of captioned pictures.</summary>
internal sealed record CaptionParquetRow(string Id, ReadOnlyMemory<byte> Image, string ImagePath, IReadOnlyList<string> Captions, string[] Texts);
